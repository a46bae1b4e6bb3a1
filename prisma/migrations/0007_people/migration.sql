-- Accounts: second factor, where they come from
ALTER TABLE "account"
    ADD COLUMN "totp_sealed" BYTEA,
    ADD COLUMN "totp_confirmed_at" TIMESTAMPTZ(3),
    ADD COLUMN "totp_last_step" BIGINT,
    ADD COLUMN "oidc_issuer" TEXT,
    ADD COLUMN "oidc_subject" TEXT;
CREATE UNIQUE INDEX "account_oidc" ON "account" ("oidc_issuer", "oidc_subject") WHERE "oidc_subject" IS NOT NULL;

-- How a session was begun: password, totp, recovery, passkey, oidc, link. One of a person who still has to set up a second factor may do nothing else
ALTER TABLE "account_session"
    ADD COLUMN "factor" TEXT,
    ADD COLUMN "limited" BOOLEAN NOT NULL DEFAULT false;

CREATE TABLE "account_recovery_code" (
    "account_id" UUID NOT NULL,
    "code_hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "used_at" TIMESTAMPTZ(3),
    CONSTRAINT "account_recovery_code_pkey" PRIMARY KEY ("account_id", "code_hash"),
    CONSTRAINT "account_recovery_code_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "account_passkey" (
    "credential_id" TEXT NOT NULL,
    "account_id" UUID NOT NULL,
    "public_key" BYTEA NOT NULL,
    "counter" BIGINT NOT NULL DEFAULT 0,
    "transports" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
    "backed_up" BOOLEAN NOT NULL DEFAULT false,
    "name" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),
    CONSTRAINT "account_passkey_pkey" PRIMARY KEY ("credential_id"),
    CONSTRAINT "account_passkey_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "account_passkey_account_id_idx" ON "account_passkey" ("account_id");

-- The moment between two steps: of a sign-in after the password, or of a passkey's ceremony
CREATE TABLE "sign_in_challenge" (
    "token_hash" BYTEA NOT NULL,
    "purpose" TEXT NOT NULL,
    "account_id" UUID,
    "challenge" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    CONSTRAINT "sign_in_challenge_pkey" PRIMARY KEY ("token_hash"),
    CONSTRAINT "sign_in_challenge_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "sign_in_challenge_expires_at_idx" ON "sign_in_challenge" ("expires_at");

-- For scripts: only the hash is kept
CREATE TABLE "api_key" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "start" TEXT NOT NULL,
    "key_hash" BYTEA NOT NULL,
    "role" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "last_used_from" TEXT,
    "revoked_at" TIMESTAMPTZ(3),
    "revoked_by" TEXT,
    CONSTRAINT "api_key_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "api_key_key_hash_key" ON "api_key" ("key_hash");

-- The audit's chain: each link covers its row and the link before. Personal data stands aside, salted, so that it can be erased without a gap
ALTER TABLE "audit" ADD COLUMN "actor_kind" TEXT;
CREATE INDEX "audit_actor_at_idx" ON "audit" ("actor", "at");
CREATE TABLE "audit_personal" (
    "audit_id" BIGINT NOT NULL,
    "field" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "salt" BYTEA NOT NULL,
    CONSTRAINT "audit_personal_pkey" PRIMARY KEY ("audit_id", "field")
);
CREATE INDEX "audit_personal_value" ON "audit_personal" ("field", "value");
CREATE TABLE "audit_link" (
    "place" BIGINT NOT NULL,
    "audit_id" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,
    "sealed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "audit_link_pkey" PRIMARY KEY ("place")
);
CREATE UNIQUE INDEX "audit_link_audit_id_key" ON "audit_link" ("audit_id");
