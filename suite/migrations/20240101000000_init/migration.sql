-- CreateTable
CREATE TABLE notes (
    id INTEGER NOT NULL PRIMARY KEY,
    text VARCHAR(100) NOT NULL
);

INSERT INTO notes (id, text) VALUES (1, 'first');
