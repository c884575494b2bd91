// Verifies one message with the public packages standardwebhooks and svix.
// stdin: {"modules", "secret", "headers": {…}, "body_base64"}; stdout: {"standardwebhooks": "ok" | why not, "svix": …}.
import { createRequire } from "node:module";
import { join } from "node:path";
import { readFileSync } from "node:fs";

const { modules, secret, headers, body_base64 } = JSON.parse(readFileSync(0, "utf8"));
const require = createRequire(join(modules, "/"));
const body = Buffer.from(body_base64, "base64");
const verdicts = {};
for (const name of ["standardwebhooks", "svix"]) {
  const { Webhook } = require(name);
  try {
    new Webhook(secret).verify(body.toString("utf8"), headers);
    verdicts[name] = "ok";
  } catch (error) {
    verdicts[name] = String(error.message ?? error);
  }
}
process.stdout.write(JSON.stringify(verdicts));
