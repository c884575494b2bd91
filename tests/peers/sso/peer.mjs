// What the peers written in JavaScript share: node PEER.mjs PORT DIRECTORY, with the npm packages in NODE_PACKAGES.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

export const [port, directory] = process.argv.slice(2);
export const address = `http://127.0.0.1:${port}`;
export const require = createRequire(path.join(process.env.NODE_PACKAGES, 'peer.js'));
export const people = JSON.parse(fs.readFileSync(new URL('people.json', import.meta.url), 'utf8'));

// Read again each time: tests change them while the peer runs.
export const text = (name) => fs.readFileSync(path.join(directory, name), 'utf8');
export const has = (name) => fs.existsSync(path.join(directory, name));

export const escape = (value) => String(value ?? '').replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

// The peer lives no longer than the test that holds its standard input open.
export function endWithTheTest() {
  process.stdin.on('end', () => process.exit(0)).resume();
}

export const signInForm = (action, hidden = {}) => `<!doctype html><title>Sign in</title>
<form method="post" action="${escape(action)}">
  <input name="username"><input name="password" type="password">
  ${Object.entries(hidden).map(([name, value]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`).join('\n')}
  <button>Sign in</button>
</form>`;
