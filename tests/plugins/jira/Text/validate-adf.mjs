// Validates documents against Atlassian's own schema (npm @atlaskit/adf-schema).
// stdin: {"modules", "documents": […]}; stdout: [{"index", "errors"}] of those that are not valid.
import { createRequire } from "node:module";
import { join } from "node:path";
import { readFileSync } from "node:fs";

const { modules, documents } = JSON.parse(readFileSync(0, "utf8"));
const require = createRequire(join(modules, "/"));
const Ajv = require("ajv-draft-04");
const schema = require("@atlaskit/adf-schema/json-schema/v1/full.json");
const validate = new (Ajv.default ?? Ajv)({ strict: false }).compile(schema);
const invalid = [];
documents.forEach((document, index) => {
  if (!validate(document)) invalid.push({ index, errors: validate.errors.slice(0, 3).map((error) => `${error.instancePath} ${error.message}`) });
});
process.stdout.write(JSON.stringify(invalid));
