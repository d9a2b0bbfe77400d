-- Preferences for everybody who has none. They would come into being at the first read anyway.
INSERT INTO "UserPreferences" ("id", "userId", "createdAt", "updatedAt")
SELECT gen_random_uuid()::text, "id", NOW(), NOW()
FROM "User"
WHERE "id" NOT IN (SELECT "userId" FROM "UserPreferences");
