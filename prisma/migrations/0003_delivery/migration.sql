-- A binding keeps the keys that make its segments again instead of the segments. What was bound before is not given out again: a retry
-- gets a new binding, and the installation result of the old one still finds it.
ALTER TABLE "binding" ALTER COLUMN "sealed" DROP NOT NULL;
UPDATE "binding" SET "sealed" = NULL;
ALTER TABLE "binding" ALTER COLUMN "sealed" SET STORAGE MAIN;
