// The protocol's own client: node mcp-client.mjs MODULES ADDRESS KEY [TENANT]. Each line in is {"method", "params"}, each line out what came of it.
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [modules, address, key, tenant] = process.argv.slice(2);
const sdk = async path => import(pathToFileURL(`${modules}/@modelcontextprotocol/sdk/dist/esm/client/${path}.js`));
const { Client } = await sdk('index');
const { StreamableHTTPClientTransport } = await sdk('streamableHttp');

const headers = { Authorization: `Bearer ${key}`, ...(tenant && { 'X-Tenant-Id': tenant }) };
const client = new Client({ name: 'tests', version: '1.0.0' });
let connected;
const methods = {
  // Remembers the schemas, by which it checks what calls answer.
  list: () => client.listTools(),
  call: params => client.callTool(params),
  server: () => ({ version: client.getServerVersion(), instructions: client.getInstructions() }),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { method, params } = JSON.parse(line);
  let outcome;
  try {
    await (connected ??= client.connect(new StreamableHTTPClientTransport(new URL(address), { requestInit: { headers } })));
    outcome = { result: await methods[method](params) };
  } catch (error) {
    outcome = { error: `${error.code ?? ''} ${error.message}` };
  }
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
}
await client.close();
