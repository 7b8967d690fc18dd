-- A history as version 1 left it. On PostgreSQL: ID_COLUMN and DATETIME are named otherwise.
CREATE TABLE drafter_meta (name VARCHAR(40) NOT NULL, value VARCHAR(40) NOT NULL, PRIMARY KEY (name));
INSERT INTO drafter_meta VALUES ('schema', '1');
CREATE TABLE drafter_message (
    customer VARCHAR(255) NOT NULL, id VARCHAR(255) NOT NULL, thread VARCHAR(255) NOT NULL, PRIMARY KEY (customer, id)
);
INSERT INTO drafter_message VALUES ('m.reuter@example.net', '<04@example.net>', '<04@example.net>');
CREATE TABLE drafter_reply (
    id ID_COLUMN, mail VARCHAR(255) NOT NULL, customer VARCHAR(255) NOT NULL, thread VARCHAR(255) NOT NULL,
    written_at DATETIME NOT NULL, accepted_at DATETIME NOT NULL, stage VARCHAR(20) NOT NULL, frame VARCHAR(20) NOT NULL,
    points FLOAT NOT NULL, mild INTEGER NOT NULL, clear INTEGER NOT NULL, vulgar INTEGER NOT NULL,
    apologised BOOLEAN NOT NULL, round INTEGER NOT NULL, CONSTRAINT drafter_reply_mail UNIQUE (customer, mail)
);
INSERT INTO drafter_reply (mail, customer, thread, written_at, accepted_at, stage, frame, points, mild, clear, vulgar, apologised, round)
    VALUES ('<04@example.net>', 'm.reuter@example.net', '<04@example.net>', '2026-05-07 06:30:00.000000', '2026-05-07 07:00:00.000000',
            'request', 'complaint', 3.0, 1, 1, 0, '0', 1);
CREATE INDEX drafter_reply_accepted ON drafter_reply (accepted_at);
CREATE INDEX drafter_reply_thread ON drafter_reply (customer, thread);
CREATE TABLE drafter_offer (
    reply INTEGER NOT NULL, option VARCHAR(80) NOT NULL, goodwill BOOLEAN NOT NULL, cost FLOAT NOT NULL,
    PRIMARY KEY (reply, option), FOREIGN KEY(reply) REFERENCES drafter_reply (id)
);
INSERT INTO drafter_offer VALUES (1, 'correct-bill', '0', 0.0);
INSERT INTO drafter_offer VALUES (1, 'billing-goodwill', '1', 10.0);
