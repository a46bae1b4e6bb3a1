-- CreateTable
CREATE TABLE "account" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL DEFAULT '',
    "role" TEXT NOT NULL,
    "password_hash" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "disabled_at" TIMESTAMPTZ(3),

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "account_session" (
    "sid_hash" BYTEA NOT NULL,
    "account_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "user_agent" TEXT NOT NULL DEFAULT '',
    "address" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "account_session_pkey" PRIMARY KEY ("sid_hash")
);

-- CreateTable
CREATE TABLE "one_time_link" (
    "token_hash" BYTEA NOT NULL,
    "account_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "one_time_link_pkey" PRIMARY KEY ("token_hash")
);

-- CreateTable
CREATE TABLE "sign_in_failure" (
    "id" BIGSERIAL NOT NULL,
    "email" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sign_in_failure_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "target" TEXT,
    "result" TEXT NOT NULL DEFAULT 'ok',
    "detail" JSONB,
    "address" TEXT,

    CONSTRAINT "audit_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "data_key" (
    "id" SERIAL NOT NULL,
    "wrapped" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "data_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "deployment_secret" (
    "name" TEXT NOT NULL,
    "sealed" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "deployment_secret_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "configuration" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "version" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "configuration_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ci" (
    "number" SMALLSERIAL NOT NULL,
    "key_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "curve" TEXT NOT NULL,
    "certificate" BYTEA NOT NULL,
    "live" BOOLEAN NOT NULL DEFAULT false,
    "not_after" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ci_pkey" PRIMARY KEY ("number")
);

-- CreateTable
CREATE TABLE "credential" (
    "number" SMALLSERIAL NOT NULL,
    "ci_key_id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "certificate" BYTEA NOT NULL,
    "private_key" BYTEA NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "oid" TEXT NOT NULL,
    "dns_names" TEXT[],
    "curve" TEXT NOT NULL,
    "not_before" TIMESTAMPTZ(3) NOT NULL,
    "not_after" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "credential_pkey" PRIMARY KEY ("number")
);

-- CreateTable
CREATE TABLE "profile_type" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "live" BOOLEAN NOT NULL DEFAULT false,
    "profile_class" TEXT NOT NULL DEFAULT 'operational',
    "service_provider_name" TEXT,
    "profile_name" TEXT,
    "icon_type" TEXT,
    "icon" BYTEA,
    "policy_rules" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "protection" TEXT NOT NULL DEFAULT 'session',
    "download_limit" INTEGER NOT NULL DEFAULT 10,
    "confirmation_limit" INTEGER NOT NULL DEFAULT 3,
    "on_rejection" TEXT NOT NULL DEFAULT 'keep',
    "strict" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,

    CONSTRAINT "profile_type_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "profile" (
    "iccid" TEXT COLLATE "C" NOT NULL,
    "type_id" UUID NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'Available',
    "state_since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "order_id" UUID,
    "eid" TEXT,
    "binding_id" UUID,
    "runtime_state" TEXT,
    "runtime_since" TIMESTAMPTZ(3),
    "runtime_sequence" BIGINT,
    "package_name" TEXT NOT NULL DEFAULT '',
    "saip_version" TEXT NOT NULL,
    "mandatory_services" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "package_bytes" INTEGER NOT NULL,
    "install_bytes" INTEGER NOT NULL,
    "imsi" TEXT,
    "mcc_mnc" TEXT,
    "gid1" TEXT,
    "gid2" TEXT,
    "spn" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,

    CONSTRAINT "profile_pkey" PRIMARY KEY ("iccid")
);

-- CreateTable
CREATE TABLE "profile_package" (
    "iccid" TEXT COLLATE "C" NOT NULL,
    "sealed" BYTEA NOT NULL,

    CONSTRAINT "profile_package_pkey" PRIMARY KEY ("iccid")
);

-- CreateTable
CREATE TABLE "download_order" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "iccid" TEXT COLLATE "C" NOT NULL,
    "eid" TEXT,
    "matching_id" TEXT,
    "smdp_address" TEXT,
    "confirmation_code_hash" BYTEA,
    "confirmation_attempts" INTEGER NOT NULL DEFAULT 0,
    "confirmation_limit" INTEGER NOT NULL,
    "download_attempts" INTEGER NOT NULL DEFAULT 0,
    "download_limit" INTEGER NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "closed_at" TIMESTAMPTZ(3),
    "outcome" TEXT,

    CONSTRAINT "download_order_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "binding" (
    "id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "eid" TEXT NOT NULL,
    "ot_pk_dp" BYTEA NOT NULL,
    "ot_pk_euicc" BYTEA NOT NULL,
    "metadata" BYTEA NOT NULL,
    "sealed" BYTEA NOT NULL,
    "ci_number" SMALLINT NOT NULL,
    "credential" SMALLINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "binding_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rsp_session" (
    "transaction_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "eid" TEXT NOT NULL,
    "iccid" TEXT COLLATE "C",
    "order_id" UUID,
    "ci_number" SMALLINT NOT NULL,
    "auth_credential" SMALLINT NOT NULL,
    "pb_credential" SMALLINT,
    "euicc_public_key" BYTEA NOT NULL,
    "euicc_curve" TEXT NOT NULL,
    "request_hash" BYTEA NOT NULL,
    "smdp_signed2" BYTEA,
    "smdp_signature2" BYTEA,
    "metadata" BYTEA,
    "step" TEXT NOT NULL,
    "binding_id" UUID,

    CONSTRAINT "rsp_session_pkey" PRIMARY KEY ("transaction_id")
);

-- CreateTable
CREATE TABLE "profile_event" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "iccid" TEXT COLLATE "C",
    "order_id" UUID,
    "eid" TEXT,
    "transaction_id" TEXT,
    "actor" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "status" TEXT,
    "detail" TEXT,
    "data" JSONB,

    CONSTRAINT "profile_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notification" (
    "digest" BYTEA NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "raw" BYTEA NOT NULL,
    "eid" TEXT,
    "iccid" TEXT COLLATE "C",
    "transaction_id" TEXT,
    "sequence_number" BIGINT,
    "event" TEXT,
    "verdict" TEXT NOT NULL,

    CONSTRAINT "notification_pkey" PRIMARY KEY ("digest")
);

-- CreateIndex
CREATE UNIQUE INDEX "account_email_key" ON "account"("email");

-- CreateIndex
CREATE INDEX "account_session_account_id_idx" ON "account_session"("account_id");

-- CreateIndex
CREATE INDEX "one_time_link_account_id_idx" ON "one_time_link"("account_id");

-- CreateIndex
CREATE INDEX "sign_in_failure_email_at_idx" ON "sign_in_failure"("email", "at");

-- CreateIndex
CREATE INDEX "sign_in_failure_address_at_idx" ON "sign_in_failure"("address", "at");

-- CreateIndex
CREATE INDEX "audit_at_idx" ON "audit"("at");

-- CreateIndex
CREATE INDEX "audit_target_at_idx" ON "audit"("target", "at");

-- CreateIndex
CREATE UNIQUE INDEX "ci_key_id_key" ON "ci"("key_id");

-- CreateIndex
CREATE UNIQUE INDEX "credential_fingerprint_key" ON "credential"("fingerprint");

-- CreateIndex
CREATE UNIQUE INDEX "profile_type_name_key" ON "profile_type"("name");

-- CreateIndex
CREATE INDEX "profile_type_id_state_iccid_idx" ON "profile"("type_id", "state", "iccid");

-- CreateIndex
CREATE INDEX "profile_state_iccid_idx" ON "profile"("state", "iccid");

-- CreateIndex
CREATE INDEX "profile_created_at_idx" ON "profile"("created_at");

-- CreateIndex
CREATE INDEX "profile_state_since_idx" ON "profile"("state_since");

-- CreateIndex
CREATE INDEX "profile_eid_idx" ON "profile"("eid");

-- CreateIndex
CREATE INDEX "download_order_iccid_created_at_idx" ON "download_order"("iccid", "created_at");

-- CreateIndex
CREATE INDEX "download_order_matching_id_idx" ON "download_order"("matching_id" text_pattern_ops);

-- CreateIndex
CREATE INDEX "download_order_eid_idx" ON "download_order"("eid");

-- CreateIndex
CREATE INDEX "binding_order_id_idx" ON "binding"("order_id");

-- CreateIndex
CREATE INDEX "rsp_session_order_id_idx" ON "rsp_session"("order_id");

-- CreateIndex
CREATE INDEX "rsp_session_expires_at_idx" ON "rsp_session"("expires_at");

-- CreateIndex
CREATE INDEX "profile_event_iccid_id_idx" ON "profile_event"("iccid", "id");

-- AddForeignKey
ALTER TABLE "account_session" ADD CONSTRAINT "account_session_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "one_time_link" ADD CONSTRAINT "one_time_link_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "credential" ADD CONSTRAINT "credential_ci_key_id_fkey" FOREIGN KEY ("ci_key_id") REFERENCES "ci"("key_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "profile" ADD CONSTRAINT "profile_type_id_fkey" FOREIGN KEY ("type_id") REFERENCES "profile_type"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "profile_package" ADD CONSTRAINT "profile_package_iccid_fkey" FOREIGN KEY ("iccid") REFERENCES "profile"("iccid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "download_order" ADD CONSTRAINT "download_order_iccid_fkey" FOREIGN KEY ("iccid") REFERENCES "profile"("iccid") ON DELETE CASCADE ON UPDATE CASCADE;



-- What Prisma's schema cannot say

ALTER TABLE "profile" ADD CONSTRAINT "profile_state_known" CHECK ("state" IN ('Available','Allocated','Linked','Confirmed','Released','Downloaded','Installed','Error','Unavailable'));
ALTER TABLE "profile" ADD CONSTRAINT "profile_runtime_state_known" CHECK ("runtime_state" IN ('Enabled','Disabled','Deleted'));
ALTER TABLE "profile_type" ADD CONSTRAINT "profile_type_protection_known" CHECK ("protection" IN ('session','random'));
ALTER TABLE "profile_type" ADD CONSTRAINT "profile_type_on_rejection_known" CHECK ("on_rejection" IN ('keep','end'));
ALTER TABLE "download_order" ADD CONSTRAINT "download_order_attempts_within_limit" CHECK ("download_attempts" <= "download_limit" AND "confirmation_attempts" <= "confirmation_limit");
ALTER TABLE "configuration" ADD CONSTRAINT "configuration_single_row" CHECK ("id" = 1);
INSERT INTO "configuration" ("id", "version") VALUES (1, 1);

-- One open order per profile; a MatchingID names one open order (SGP.22 §4.1)
CREATE UNIQUE INDEX "download_order_open_iccid" ON "download_order" ("iccid") WHERE "closed_at" IS NULL;
CREATE UNIQUE INDEX "download_order_open_matching_id" ON "download_order" ("matching_id") WHERE "closed_at" IS NULL AND "matching_id" <> '';
-- Default SM-DP+ orders are found by EID alone
CREATE INDEX "download_order_open_default" ON "download_order" ("eid", "created_at") WHERE "closed_at" IS NULL AND "matching_id" = '';

-- Search by a part of an identifier's end, as customers read it out
CREATE INDEX "profile_iccid_reverse" ON "profile" (reverse("iccid") text_pattern_ops);
CREATE INDEX "profile_imsi" ON "profile" ("imsi" text_pattern_ops);
CREATE INDEX "profile_runtime_state" ON "profile" ("runtime_state", "state", "iccid") WHERE "runtime_state" IS NOT NULL;

-- Events are found by their profile; those that belong to none by their eUICC
CREATE INDEX "profile_event_stray_eid" ON "profile_event" ("eid", "id") WHERE "iccid" IS NULL;

-- Steps of sessions and attempts of orders change rows in place when their page has room
ALTER TABLE "rsp_session" SET (fillfactor = 75);
ALTER TABLE "download_order" SET (fillfactor = 75);

-- Packages and segments are ciphertext: compressing them costs time and gains nothing
ALTER TABLE "profile_package" ALTER COLUMN "sealed" SET STORAGE EXTERNAL;
ALTER TABLE "binding" ALTER COLUMN "sealed" SET STORAGE EXTERNAL;
