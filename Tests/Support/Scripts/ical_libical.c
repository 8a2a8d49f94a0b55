/* Parses the calendar files named as arguments with libical.
 *
 * It prints the properties of each event and of the calendar, one a line: a name, a tab and the
 * value with `\n` for line feeds. A line `end` follows each file. A part that libical refuses is
 * printed as a line of the name `error`. */

#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>

static void print_text(const char *name, const char *value) {
    if (!value) return;
    printf("%s\t", name);
    for (; *value; value++) {
        if (*value == '\n') fputs("\\n", stdout);
        else putchar(*value);
    }
    putchar('\n');
}

static void print_time(const char *name, icaltimetype time) {
    if (icaltime_is_null_time(time)) return;
    if (time.is_date) {
        printf("%s\t%04d-%02d-%02d\n", name, time.year, time.month, time.day);
    } else {
        printf("%s\t%04d-%02d-%02dT%02d:%02d:%02d%s\n", name, time.year, time.month, time.day, time.hour, time.minute,
               time.second, icaltime_is_utc(time) ? "Z" : "");
    }
}

static char *read_file(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *text = malloc((size_t)size + 1);
    if (fread(text, 1, (size_t)size, file) != (size_t)size) exit(1);
    text[size] = 0;
    fclose(file);
    return text;
}

static void print_errors(icalcomponent *component) {
    for (icalproperty *property = icalcomponent_get_first_property(component, ICAL_XLICERROR_PROPERTY); property;
         property = icalcomponent_get_next_property(component, ICAL_XLICERROR_PROPERTY)) {
        print_text("error", icalproperty_get_xlicerror(property));
    }
}

int main(int count, char **paths) {
    for (int i = 1; i < count; i++) {
        char *text = read_file(paths[i]);
        icalcomponent *calendar = text ? icalparser_parse_string(text) : NULL;
        if (!calendar || icalcomponent_count_errors(calendar) > 0) print_text("error", "the calendar is not valid");
        if (calendar) {
            print_errors(calendar);
            print_text("method", icalproperty_method_to_string(icalcomponent_get_method(calendar)));
            for (icalcomponent *event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT); event;
                 event = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT)) {
                print_errors(event);
                print_text("uid", icalcomponent_get_uid(event));
                printf("sequence\t%d\n", icalcomponent_get_sequence(event));
                print_time("stamp", icalcomponent_get_dtstamp(event));
                print_time("start", icalcomponent_get_dtstart(event));
                if (icalcomponent_get_first_property(event, ICAL_DTEND_PROPERTY))
                    print_time("end", icalcomponent_get_dtend(event));
                print_text("summary", icalcomponent_get_summary(event));
                print_text("description", icalcomponent_get_description(event));
                print_text("location", icalcomponent_get_location(event));
                icalproperty *url = icalcomponent_get_first_property(event, ICAL_URL_PROPERTY);
                if (url) print_text("url", icalproperty_get_url(url));
                print_text("status", icalproperty_status_to_string(icalcomponent_get_status(event)));
            }
            icalcomponent_free(calendar);
        }
        free(text);
        puts("end");
    }
    return 0;
}
