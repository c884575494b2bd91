// Checks calls of the Web API against the argument types of the public package @slack/web-api, with the TypeScript compiler.
// stdin: {"modules", "calls": [{"type", "arguments": {…}}]}; stdout: [what is wrong, …].
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { readFileSync } from "node:fs";

const { modules, calls } = JSON.parse(readFileSync(0, "utf8"));
const require = createRequire(join(modules, "/"));
const ts = require("typescript");
const file = join(dirname(modules), "slack-requests.ts"); // exists only here: beside the packages, so that they are found
const source = ['import type * as Slack from "@slack/web-api";']
  .concat(calls.map((call, index) => `export const call${index}: Slack.${call.type} = ${JSON.stringify(call.arguments)};`))
  .join("\n");

const options = { strict: true, noEmit: true, skipLibCheck: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 };
const host = ts.createCompilerHost(options);
const { getSourceFile, fileExists, readFile } = host;
host.fileExists = (name) => name === file || fileExists.call(host, name);
host.readFile = (name) => (name === file ? source : readFile.call(host, name));
host.getSourceFile = (name, language, ...rest) =>
  name === file ? ts.createSourceFile(name, source, language) : getSourceFile.call(host, name, language, ...rest);

const program = ts.createProgram([file], options, host);
const problems = ts.getPreEmitDiagnostics(program).map((problem) => {
  const line = problem.file?.fileName === file ? problem.file.getLineAndCharacterOfPosition(problem.start).line : 0;
  return `${line > 0 ? calls[line - 1].type : problem.file?.fileName ?? ""}: ${ts.flattenDiagnosticMessageText(problem.messageText, " ")}`;
});
process.stdout.write(JSON.stringify(problems));
