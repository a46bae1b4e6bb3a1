-- CreateTable
CREATE TABLE "sweep" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "marks" JSONB NOT NULL DEFAULT '{}',
    "finished_at" TIMESTAMPTZ(3),
    "duration_ms" INTEGER,
    "removed" JSONB,

    CONSTRAINT "sweep_pkey" PRIMARY KEY ("id")
);


-- What Prisma's schema cannot say

ALTER TABLE "sweep" ADD CONSTRAINT "sweep_single_row" CHECK ("id" = 1);
INSERT INTO "sweep" ("id") VALUES (1);

-- What belongs to orders that have closed since the last sweep is found without reading what belongs to older ones
CREATE INDEX "download_order_closed_at" ON "download_order" ("closed_at") WHERE "closed_at" IS NOT NULL;
CREATE INDEX "notification_idle" ON "notification" ("received_at") WHERE "verdict" <> 'applied';
CREATE INDEX "profile_event_stray" ON "profile_event" ("at") WHERE "iccid" IS NULL;
