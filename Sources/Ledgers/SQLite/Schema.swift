import GRDB
import Scheduler

/// The tables, and the migrations that create them.
///
/// The file's `user_version` is the number of the last migration. A migration never changes after
/// its release, and a new schema needs a new migration. Each migration runs in one transaction that
/// also sets `user_version`, so a crash leaves either the old schema or the new schema.
enum Schema {
    /// The `application_id` of ledgers, "remd" in ASCII.
    ///
    /// It distinguishes a ledger from any other SQLite database.
    static let applicationID = 0x7265_6D64

    static let migrations: [Migration] = [
        Migration(version: 1) { db in try db.execute(sql: first) },
        Migration(version: 2) { db in
            try db.execute(sql: second)
            try db.execute(sql: failedByID)
            try db.execute(sql: remindersByFiring)
        },
        Migration(version: 3) { db in
            try db.execute(sql: third)
            try db.execute(sql: calendarEvents)
        },
    ]

    /// The tables of the first released schema.
    ///
    /// Instants are milliseconds since 1970-01-01T00:00:00Z, and days are text in the form of ISO
    /// 8601. Constraints refuse impossible rows, whatever the program does. Only the values that
    /// come from servers (`code`, `reply`) have no constraint except on the size of `reply`.
    ///
    /// Deliveries are found by id only while in flight, and after they have failed (`failedByID`).
    /// The id needs no index to be unique, because it is a hash of the columns that `delivery_key`
    /// keeps unique. An index of random keys over a million rows would triple the cost of a fire.
    ///
    /// Do not use `IN (...)` with three or more values. For each row that it checks, SQLite 3.40
    /// builds a temporary b-tree for each `IN`, which doubles the cost of a claim.
    private static let first = """
        CREATE TABLE meta (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            kind TEXT NOT NULL CHECK (kind IN ('real', 'rehearsal')),
            generation INTEGER NOT NULL CHECK (generation >= 0),
            looked_until INTEGER NOT NULL,
            held_from INTEGER,
            held_until INTEGER,
            CONSTRAINT meta_hold CHECK ((held_from IS NULL) = (held_until IS NULL) AND (held_from IS NULL OR held_from <= held_until))
        ) STRICT;

        CREATE TABLE reminder (
            n INTEGER PRIMARY KEY,
            plan TEXT NOT NULL CHECK (plan <> ''),
            campaign TEXT NOT NULL CHECK (campaign <> ''),
            lead TEXT NOT NULL CHECK (lead <> ''),
            anchor TEXT NOT NULL CHECK (anchor GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
            occurrence TEXT NOT NULL CHECK (occurrence <> ''),
            start_day TEXT NOT NULL CHECK (start_day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
            end_day TEXT NOT NULL CHECK (end_day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
            due INTEGER NOT NULL,
            deadline INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state = 'fired' OR state = 'superseded' OR state = 'missed'),
            fired_at INTEGER NOT NULL,
            late INTEGER NOT NULL CHECK (late IN (0, 1)),
            cursor TEXT,
            change TEXT CHECK (change IS NULL OR change = 'moved' OR change = 'gone'),
            title TEXT NOT NULL DEFAULT '',
            CONSTRAINT reminder_days CHECK (end_day >= start_day),
            CONSTRAINT reminder_deadline CHECK (deadline >= due),
            CONSTRAINT reminder_not_early CHECK (state <> 'fired' OR fired_at >= due),
            CONSTRAINT reminder_not_expired CHECK (state <> 'fired' OR fired_at < deadline),
            CONSTRAINT reminder_late CHECK (late = 0 OR state = 'fired'),
            CONSTRAINT reminder_cursor CHECK (cursor IS NULL OR state = 'fired')
        ) STRICT;
        CREATE UNIQUE INDEX reminder_key ON reminder (plan, campaign, lead, anchor);
        CREATE INDEX reminder_occurrence ON reminder (plan, campaign, occurrence);
        CREATE INDEX reminder_due ON reminder (due);
        CREATE INDEX reminder_unfinished ON reminder (due) WHERE cursor IS NOT NULL;

        CREATE TABLE delivery (
            n INTEGER PRIMARY KEY,
            id TEXT NOT NULL CHECK (id <> ''),
            reminder INTEGER NOT NULL REFERENCES reminder (n),
            recipient TEXT NOT NULL CHECK (recipient <> ''),
            channel TEXT NOT NULL CHECK (channel <> ''),
            state TEXT NOT NULL CHECK (state = 'pending' OR state = 'in flight' OR state = 'delivered'
                OR state = 'unknown' OR state = 'dead' OR state = 'cancelled' OR state = 'superseded'),
            attempts INTEGER NOT NULL DEFAULT 0,
            unknowns INTEGER NOT NULL DEFAULT 0,
            crashes INTEGER NOT NULL DEFAULT 0,
            not_before INTEGER,
            deadline INTEGER NOT NULL,
            CONSTRAINT delivery_waits CHECK ((state = 'pending') = (not_before IS NOT NULL)),
            CONSTRAINT delivery_counts CHECK (unknowns BETWEEN 0 AND attempts AND crashes BETWEEN 0 AND attempts),
            CONSTRAINT delivery_tried
                CHECK (attempts > 0 OR (state <> 'in flight' AND state <> 'delivered' AND state <> 'unknown'))
        ) STRICT;
        CREATE UNIQUE INDEX delivery_key ON delivery (reminder, recipient, channel);
        CREATE INDEX delivery_queue ON delivery (channel, not_before) WHERE state = 'pending';
        CREATE INDEX delivery_deadline ON delivery (channel, deadline, reminder) WHERE state = 'pending';
        CREATE UNIQUE INDEX delivery_in_flight ON delivery (id) WHERE state = 'in flight';
        CREATE INDEX delivery_suspect ON delivery (channel, not_before)
            WHERE crashes >= 2 AND (state = 'pending' OR state = 'in flight');
        CREATE INDEX delivery_settled ON delivery (state, reminder)
            WHERE state <> 'pending' AND state <> 'in flight' AND state <> 'delivered';

        CREATE TABLE attempt (
            delivery INTEGER NOT NULL REFERENCES delivery (n),
            number INTEGER NOT NULL CHECK (number > 0),
            at INTEGER NOT NULL,
            outcome TEXT NOT NULL CHECK (outcome = 'delivered' OR outcome = 'refused for now'
                OR outcome = 'refused for good' OR outcome = 'not sent' OR outcome = 'unknown'),
            code INTEGER,
            reply TEXT NOT NULL CHECK (length(CAST(reply AS BLOB)) <= 512),
            PRIMARY KEY (delivery, number)
        ) STRICT, WITHOUT ROWID;
        """

    /// The index for `failed retry`.
    ///
    /// Without the index, the search for each id scans all failed deliveries. For 1 000 ids among
    /// 90 000 failed deliveries, this took 17.7 s of the loop's thread.
    private static let failedByID = """
        CREATE INDEX delivery_failed ON delivery (id) WHERE state = 'dead' OR state = 'unknown';
        """

    /// The index for the weekly summary, which counts reminders that fired since an instant.
    ///
    /// Without the index, the deliveries of all years are read.
    private static let remindersByFiring = """
        CREATE INDEX reminder_fired ON reminder (fired_at);
        """

    /// The table of version 3 with the versions of events in calendars.
    ///
    /// An occurrence has a row only if it has changed. `uid` stays the same in all versions, also
    /// if the occurrence gets another name. `changed_at` is in milliseconds since 1970. `texts` is
    /// a fingerprint of the texts that have no column.
    private static let calendarEvents = """
        CREATE TABLE calendar_event (
            plan TEXT NOT NULL CHECK (plan <> ''),
            campaign TEXT NOT NULL CHECK (campaign <> ''),
            occurrence TEXT NOT NULL CHECK (occurrence <> ''),
            uid TEXT NOT NULL CHECK (uid <> ''),
            sequence INTEGER NOT NULL CHECK (sequence > 0),
            changed_at INTEGER NOT NULL,
            start_day TEXT NOT NULL CHECK (start_day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
            end_day TEXT NOT NULL CHECK (end_day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND end_day >= start_day),
            time TEXT NOT NULL,
            place TEXT NOT NULL,
            title TEXT NOT NULL,
            texts TEXT NOT NULL,
            gone INTEGER NOT NULL CHECK (gone IN (0, 1)),
            PRIMARY KEY (plan, campaign, occurrence)
        ) STRICT, WITHOUT ROWID;
        """

    /// The columns and indexes that version 2 of the schema adds.
    ///
    /// - `reminder.named`: the fingerprint of the recipients that the reminder named when it was
    ///   last completed; NULL in older rows.
    /// - `reminder.closed`: whether the reminder gets no further deliveries, even for recipients
    ///   who join later. Older rows without deliveries are closed.
    /// - `reminder.looked_before`: `looked_until` of the evaluation before the one that fired the
    ///   reminder.
    /// - `reminder.old_start`, `reminder.old_end`: for a change, the occurrence's days before the
    ///   change.
    /// - `meta.edition`: a counter that starts at 1 and grows when days in the ledger change. It
    ///   shows the order of attempts and changes, even if the clock is wrong.
    /// - `attempt.edition`: `meta.edition` when the message was sent; 0 in older rows.
    /// - `delivery.edition`: `meta.edition` when the delivery was claimed, if days changed while it
    ///   was in flight; NULL otherwise.
    /// - `reminder.edition`: for a change, `meta.edition` before the change; NULL in older rows.
    /// - `reminder.said`: the former days of the reminder, as in `3 2027-06-01 2027-06-30,…`; NULL
    ///   if its days did not change. The number is the last edition in which the reminder was sent
    ///   with these days.
    /// - `delivery.why`: the reason why a delivery was cancelled or superseded; NULL in older rows.
    ///   A delivery in flight has a reason if its occurrence changed, or if an operator dropped it.
    ///   It is then cancelled instead of being tried again. If it ends otherwise, it keeps the
    ///   reason.
    /// - `delivery.joined`: whether the recipient was named only after the reminder was due.
    /// - `delivery.uncounted`: the number of attempts that do not count as tries
    ///   (`Receipt.isUncounted`).
    /// - `delivery.refusals`: the number of refusals that end the delivery if they are repeated.
    /// - `attempt.about`: the subject of the reply (`Scope`); empty in older rows.
    /// - `meta.releasing`: the operator's decision about a hold, while it is being carried out.
    ///
    /// `delivery_waited` indexes pending deliveries that have been tried. They are few, so the
    /// index adds no cost to a first try.
    private static let second = """
        ALTER TABLE meta ADD COLUMN releasing TEXT
            CHECK (releasing IS NULL OR releasing = 'send' OR releasing = 'drop');
        ALTER TABLE reminder ADD COLUMN named INTEGER;
        ALTER TABLE reminder ADD COLUMN closed INTEGER NOT NULL DEFAULT 0 CHECK (closed IN (0, 1));
        ALTER TABLE reminder ADD COLUMN looked_before INTEGER;
        ALTER TABLE reminder ADD COLUMN old_start TEXT;
        ALTER TABLE reminder ADD COLUMN old_end TEXT CHECK ((old_end IS NULL) = (old_start IS NULL));
        ALTER TABLE meta ADD COLUMN edition INTEGER NOT NULL DEFAULT 1 CHECK (edition > 0);
        ALTER TABLE attempt ADD COLUMN edition INTEGER NOT NULL DEFAULT 0 CHECK (edition >= 0);
        ALTER TABLE delivery ADD COLUMN edition INTEGER CHECK (edition > 0);
        ALTER TABLE reminder ADD COLUMN edition INTEGER CHECK (edition IS NULL OR change IS NOT NULL);
        ALTER TABLE reminder ADD COLUMN said TEXT;
        UPDATE reminder SET closed = 1 WHERE state <> 'fired';
        ALTER TABLE delivery ADD COLUMN why TEXT CHECK (why IS NULL OR state <> 'pending');
        ALTER TABLE delivery ADD COLUMN joined INTEGER NOT NULL DEFAULT 0 CHECK (joined IN (0, 1));
        CREATE INDEX delivery_withdrawn ON delivery (reminder)
            WHERE state = 'cancelled' AND (why = 'changed' OR why = 'gone' OR why = 'recipient gone'
                OR why = 'channel gone' OR why = 'via changed' OR why = 'failed over');
        ALTER TABLE delivery ADD COLUMN uncounted INTEGER NOT NULL DEFAULT 0 CHECK (uncounted BETWEEN 0 AND attempts);
        ALTER TABLE delivery ADD COLUMN refusals INTEGER NOT NULL DEFAULT 0 CHECK (refusals BETWEEN 0 AND attempts);
        ALTER TABLE attempt ADD COLUMN about TEXT NOT NULL DEFAULT '';
        CREATE INDEX delivery_waited ON delivery (channel, not_before) WHERE state = 'pending' AND attempts > 0;
        """

    /// The columns that version 3 of the schema adds.
    ///
    /// - `reminder.time`: the occurrence's time of day, as in `14:00-16:30` or `14:00`; empty if it
    ///   has none. NULL in older rows, until the first evaluation after the upgrade fills them.
    /// - `reminder.old_time`: for a change, the time of day before the change; NULL in older rows.
    ///
    /// An element of `reminder.said` may end with a time: `3 2027-06-01 2027-06-30 14:00-16:30`.
    private static let third = """
        ALTER TABLE reminder ADD COLUMN time TEXT;
        ALTER TABLE reminder ADD COLUMN old_time TEXT CHECK (old_time IS NULL OR change IS NOT NULL);
        """
}

/// The migration from one version of the schema to the next.
struct Migration: Sendable {
    /// The version of the schema after the migration; versions count from 1.
    let version: Int
    let apply: @Sendable (Database) throws -> Void
}
