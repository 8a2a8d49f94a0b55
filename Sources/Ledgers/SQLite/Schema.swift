import GRDB
import Scheduler

/// The tables, and the steps that made them: `user_version` of the file is the number of the last step taken.
///
/// A step, once released, never changes; a new schema is a new step. Each runs in one transaction together with
/// its number, so a crash leaves the old schema or the new one.
enum Schema {
    /// "remd" in ASCII: tells a ledger from any other SQLite database.
    static let applicationID = 0x7265_6D64

    static let migrations: [Migration] = [
        Migration(version: 1) { db in try db.execute(sql: first) },
        Migration(version: 2) { db in
            try db.execute(sql: second)
            try db.execute(sql: failedByID)
            try db.execute(sql: remindersByFiring)
        },
    ]

    /// Instants are milliseconds since 1970-01-01T00:00:00Z, days ISO 8601 text. A row that cannot be, is refused here
    /// whatever the program believes; only what a stranger's server sends (code, reply) has no rule but its size.
    ///
    /// Deliveries are found by id only while in flight, and once they have failed (`failedByID`). Among all of them the id needs
    /// no index to be unique, being a hash of what `delivery_key` holds unique; and an index of random keys over a million rows
    /// would triple the price of a fire.
    ///
    /// No `IN (...)` of three or more: SQLite 3.40 builds a temporary b-tree for each, for every row it checks, and
    /// that doubles the price of a claim.
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

    /// For `failed retry`: without it each id walks all that failed (1 000 ids among 90 000: 17.7 s of the loop's thread).
    private static let failedByID = """
        CREATE INDEX delivery_failed ON delivery (id) WHERE state = 'dead' OR state = 'unknown';
        """

    /// For the weekly summary, which counts what fired since: without it every delivery of all years is read.
    private static let remindersByFiring = """
        CREATE INDEX reminder_fired ON reminder (fired_at);
        """

    /// What a reminder knows of the recipients who have no delivery of it, why deliveries are not sent, and whom answers are about.
    ///
    /// - `reminder.named`: the fingerprint of the recipients it named when it was last completed; NULL in older rows.
    /// - `reminder.closed`: nobody gets it by joining later. Older rows without deliveries are closed.
    /// - `reminder.looked_before`: `looked_until` of the evaluation before the one that fired it.
    /// - `reminder.old_start`, `reminder.old_end`: of a change, the occurrence's days before.
    /// - `reminder.said`: the days that it had before an edit gave it others, and up to when it was sent with them:
    ///   `1806537600000 2027-06-01 2027-06-30,…`; NULL where it had no others, or nobody was sent it with them.
    /// - `delivery.why`: the reason of what was cancelled or superseded, NULL in older rows. Elsewhere: its occurrence changed
    ///   while it was in flight; it is cancelled for that reason where it would be tried again.
    /// - `delivery.joined`: its recipient was named only after the reminder was due.
    /// - `delivery.uncounted`: attempts that cost nothing (load).
    /// - `delivery.refusals`: refusals that end it when they come again.
    /// - `attempt.about`: whom the answer is about (`Scope`); empty in older rows.
    /// - `meta.releasing`: a person's answer to a hold, while it is being carried out.
    ///
    /// `delivery_waited` holds what has been tried and waits: few, so it costs a first try nothing.
    private static let second = """
        ALTER TABLE meta ADD COLUMN releasing TEXT
            CHECK (releasing IS NULL OR releasing = 'send' OR releasing = 'drop');
        ALTER TABLE reminder ADD COLUMN named INTEGER;
        ALTER TABLE reminder ADD COLUMN closed INTEGER NOT NULL DEFAULT 0 CHECK (closed IN (0, 1));
        ALTER TABLE reminder ADD COLUMN looked_before INTEGER;
        ALTER TABLE reminder ADD COLUMN old_start TEXT;
        ALTER TABLE reminder ADD COLUMN old_end TEXT CHECK ((old_end IS NULL) = (old_start IS NULL));
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
}

/// One step from a schema to the next.
struct Migration: Sendable {
    /// The schema's version after it; steps count from 1.
    let version: Int
    let apply: @Sendable (Database) throws -> Void
}
