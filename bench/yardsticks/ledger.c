/* Measures the three durable steps of a delivery in SQLite, BATCH rows a transaction.
 *
 *   ledger FILE ROWS BATCH
 *
 * The settings are WAL and synchronous=FULL. The outbox is the simplest one that does the work:
 * rows are written once, claimed by due time, and recorded with a row for the attempt. FILE is
 * replaced. */
#include "yardstick.h"
#include <sqlite3.h>
#include <unistd.h>

static sqlite3 *db;

static void run(const char *sql) {
    if (sqlite3_exec(db, sql, NULL, NULL, NULL)) stop(sql, sqlite3_errmsg(db));
}

static sqlite3_stmt *prepared(const char *sql) {
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL)) stop(sql, sqlite3_errmsg(db));
    return statement;
}

static void finish(sqlite3_stmt *statement) {
    int code = sqlite3_step(statement);
    if (code != SQLITE_DONE && code != SQLITE_ROW) stop("step", sqlite3_errmsg(db));
    sqlite3_reset(statement);
}

int main(int words, char **word) {
    if (words != 4) stop("usage", "ledger FILE ROWS BATCH");
    long rows = atol(word[2]), batch = atol(word[3]);
    char side[4096];
    const char *sides[] = {"", "-wal", "-shm"};
    for (int i = 0; i < 3; i++) snprintf(side, sizeof side, "%s%s", word[1], sides[i]), unlink(side);
    if (sqlite3_open(word[1], &db)) stop(word[1], sqlite3_errmsg(db));
    run("PRAGMA locking_mode=EXCLUSIVE");
    run("PRAGMA journal_mode=WAL");
    run("PRAGMA synchronous=FULL");
    run("CREATE TABLE delivery (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, reminder INTEGER NOT NULL, recipient TEXT NOT NULL,"
        " channel TEXT NOT NULL, state INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, due INTEGER NOT NULL)");
    run("CREATE INDEX queue ON delivery (due) WHERE state = 0");
    run("CREATE TABLE attempt (n INTEGER PRIMARY KEY, delivery INTEGER NOT NULL, at INTEGER NOT NULL, code INTEGER, reply TEXT)");
    sqlite3_stmt *begin = prepared("BEGIN IMMEDIATE"), *commit = prepared("COMMIT");
    sqlite3_stmt *insert = prepared("INSERT INTO delivery (id, reminder, recipient, channel, state, due) VALUES (?, 1, ?, 'hub', 0, ?)");
    sqlite3_stmt *claim = prepared("UPDATE delivery SET state = 1, attempts = attempts + 1 WHERE n IN"
        " (SELECT n FROM delivery WHERE state = 0 AND due <= ?1 ORDER BY due LIMIT ?2) RETURNING n, id, recipient, attempts");
    sqlite3_stmt *record = prepared("UPDATE delivery SET state = 2 WHERE n = ?");
    sqlite3_stmt *attempt = prepared("INSERT INTO attempt (delivery, at, code, reply) VALUES (?, ?, 204, 'HTTP/1.1 204 No Content')");

    double fired = monotonic(), cpu = processor();
    for (long done = 0; done < rows;) {
        finish(begin);
        for (long i = 0; i < batch && done < rows; i++, done++) {
            char id[40], recipient[32];
            // The ids are scattered like hashes.
            snprintf(id, sizeof id, "%013lx%013lx", ((unsigned long)done * 0x9E3779B97F4A7C15UL) >> 12, (unsigned long)done);
            snprintf(recipient, sizeof recipient, "reader-%06lu", (unsigned long)done);
            sqlite3_bind_text(insert, 1, id, -1, SQLITE_STATIC);
            sqlite3_bind_text(insert, 2, recipient, -1, SQLITE_STATIC);
            sqlite3_bind_int64(insert, 3, 1800000000000);
            finish(insert);
        }
        finish(commit);
    }
    fired = monotonic() - fired;

    long *taken = calloc((size_t)batch, sizeof *taken), done = 0;
    double cycled = monotonic();
    while (done < rows) {
        long claimed = 0;
        finish(begin);
        sqlite3_bind_int64(claim, 1, 1800000000000);
        sqlite3_bind_int64(claim, 2, batch);
        while (sqlite3_step(claim) == SQLITE_ROW) taken[claimed++] = (long)sqlite3_column_int64(claim, 0);
        sqlite3_reset(claim);
        finish(commit);
        finish(begin);
        for (long i = 0; i < claimed; i++, done++) {
            sqlite3_bind_int64(record, 1, taken[i]);
            finish(record);
            sqlite3_bind_int64(attempt, 1, taken[i]);
            sqlite3_bind_int64(attempt, 2, 1800000000000 + done);
            finish(attempt);
        }
        finish(commit);
    }
    cycled = monotonic() - cycled, cpu = processor() - cpu;
    printf("{\"rows\":%ld,\"fire_per_s\":%.0f,\"cycle_per_s\":%.0f,\"per_s\":%.0f,\"cpu_us\":%.2f,\"rss_kb\":%ld}\n", rows, (double)rows / fired,
        (double)rows / cycled, (double)rows / (fired + cycled), cpu / (double)rows * 1e6, resident());
    sqlite3_close(db);
    return 0;
}
