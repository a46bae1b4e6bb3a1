-- Those who order by ES2+
CREATE TABLE "partner" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "identifier" TEXT NOT NULL,
    "all_types" BOOLEAN NOT NULL DEFAULT false,
    "header_version" TEXT NOT NULL DEFAULT '2.2.2',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "removed_at" TIMESTAMPTZ(3),
    "removed_by" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT "partner_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "partner_name" ON "partner" (lower("name")) WHERE "removed_at" IS NULL;
CREATE UNIQUE INDEX "partner_identifier" ON "partner" ("identifier") WHERE "removed_at" IS NULL;

CREATE TABLE "partner_type" (
    "partner_id" UUID NOT NULL,
    "type_id" UUID NOT NULL,
    CONSTRAINT "partner_type_pkey" PRIMARY KEY ("partner_id", "type_id"),
    CONSTRAINT "partner_type_partner_id_fkey" FOREIGN KEY ("partner_id") REFERENCES "partner"("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "partner_type_type_id_fkey" FOREIGN KEY ("type_id") REFERENCES "profile_type"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- client: this very certificate; ca: any that this one has issued
CREATE TABLE "partner_certificate" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "partner_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "certificate" BYTEA,
    "subject" TEXT NOT NULL DEFAULT '',
    "not_after" TIMESTAMPTZ(3),
    "added_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "added_by" TEXT NOT NULL,
    CONSTRAINT "partner_certificate_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "partner_certificate_kind_known" CHECK ("kind" = 'client' OR ("kind" = 'ca' AND "certificate" IS NOT NULL)),
    CONSTRAINT "partner_certificate_partner_id_fkey" FOREIGN KEY ("partner_id") REFERENCES "partner"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "partner_certificate_once" ON "partner_certificate" ("fingerprint");
CREATE INDEX "partner_certificate_partner_id_idx" ON "partner_certificate" ("partner_id");

-- Who ordered, and where the device finds the order
ALTER TABLE "download_order"
    ADD COLUMN "partner_id" UUID,
    ADD COLUMN "smds_address" TEXT,
    ADD COLUMN "smds_event" TEXT;
-- smds_event: waiting (for the release), registered, deleted
CREATE INDEX "download_order_partner" ON "download_order" ("partner_id", "created_at") WHERE "partner_id" IS NOT NULL;
CREATE INDEX "download_order_smds_ended" ON "download_order" ("closed_at") WHERE "smds_event" = 'registered';

-- Calls of partners as they were answered: the same call again gets the same answer. No confirmation codes
CREATE TABLE "es2_call" (
    "id" BIGSERIAL NOT NULL,
    "partner_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "function" TEXT NOT NULL,
    "function_call_identifier" TEXT NOT NULL,
    "content" BYTEA NOT NULL,
    "request" JSONB NOT NULL,
    "response" JSONB NOT NULL,
    "status" TEXT,
    "iccid" TEXT,
    "address" TEXT,
    "duration_us" INTEGER,
    "resent" INTEGER NOT NULL DEFAULT 0,
    "last_resent_at" TIMESTAMPTZ(3),
    CONSTRAINT "es2_call_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "es2_call_once" ON "es2_call" ("partner_id", "function_call_identifier", "content");
CREATE INDEX "es2_call_partner_id_idx" ON "es2_call" ("partner_id", "id");
CREATE INDEX "es2_call_iccid_idx" ON "es2_call" ("iccid", "id") WHERE "iccid" IS NOT NULL;
CREATE INDEX "es2_call_at_idx" ON "es2_call" ("at");

-- Where messages go: a partner's ES2+ callback, or a webhook
CREATE TABLE "endpoint" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "partner_id" UUID,
    "url" TEXT NOT NULL,
    "points" JSONB NOT NULL DEFAULT '{}',
    "type_ids" UUID[],
    "secret" BYTEA,
    "trusted_ca" TEXT,
    "client_certificate" TEXT,
    "client_key" BYTEA,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "paused_at" TIMESTAMPTZ(3),
    "removed_at" TIMESTAMPTZ(3),
    "failures" INTEGER NOT NULL DEFAULT 0,
    "next_try_at" TIMESTAMPTZ(3),
    "last_success_at" TIMESTAMPTZ(3),
    "last_failure_at" TIMESTAMPTZ(3),
    "last_failure" TEXT,
    CONSTRAINT "endpoint_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "endpoint_kind_known" CHECK ("kind" IN ('es2plus', 'webhook')),
    CONSTRAINT "endpoint_partner_id_fkey" FOREIGN KEY ("partner_id") REFERENCES "partner"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "endpoint_partner_id_idx" ON "endpoint" ("partner_id");

-- What is to be told, made from the timeline: in order for each profile
CREATE TABLE "message" (
    "id" BIGSERIAL NOT NULL,
    "endpoint_id" UUID NOT NULL,
    "event_id" BIGINT,
    "iccid" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "function_call_identifier" UUID NOT NULL DEFAULT gen_random_uuid(),
    "body" JSONB NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_try_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sent_at" TIMESTAMPTZ(3),
    "answer_status" INTEGER,
    "duration_ms" INTEGER,
    "failure" TEXT,
    "replayed_by" TEXT,
    CONSTRAINT "message_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "message_state_known" CHECK ("state" IN ('waiting', 'sent', 'dead')),
    CONSTRAINT "message_endpoint_id_fkey" FOREIGN KEY ("endpoint_id") REFERENCES "endpoint"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "message_once" ON "message" ("endpoint_id", "event_id", "name") WHERE "event_id" IS NOT NULL;
CREATE INDEX "message_waiting" ON "message" ("endpoint_id", "iccid", "id") WHERE "state" = 'waiting';
CREATE INDEX "message_waiting_in_order" ON "message" ("endpoint_id", "id") WHERE "state" = 'waiting';
CREATE INDEX "message_dead" ON "message" ("endpoint_id", "id") WHERE "state" = 'dead';
CREATE INDEX "message_endpoint_id_idx" ON "message" ("endpoint_id", "id");
CREATE INDEX "message_iccid_idx" ON "message" ("iccid", "id");
CREATE INDEX "message_created_at_idx" ON "message" ("created_at");
