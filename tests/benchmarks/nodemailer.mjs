// nodemailer.mjs PORT CONNECTIONS MILLISECONDS MAIL: sends as many mails as it can and prints how many that were.
import { createRequire } from 'node:module';

const nodemailer = createRequire(process.env.NODE_PATH + '/')('nodemailer');
const [port, connections, span] = process.argv.slice(2, 5).map(Number);
const { to, subject, text, html } = JSON.parse(process.argv[5]);
const transport = nodemailer.createTransport({
  host: '127.0.0.1', port, secure: false, ignoreTLS: true, pool: true, maxConnections: connections, maxMessages: Infinity,
});

async function sendFor(milliseconds) {
  const start = performance.now();
  const cpu = process.cpuUsage();
  let sent = 0;
  await Promise.all(Array.from({ length: connections }, async () => {
    while (performance.now() - start < milliseconds) {
      await transport.sendMail({ from: 'Alice <alice@vaka.test>', to, subject, text, html });
      sent++;
    }
  }));
  const used = process.cpuUsage(cpu);
  return { sent, milliseconds: performance.now() - start, cpu: (used.user + used.system) / 1000 };
}

await sendFor(1000);
console.log(JSON.stringify(await sendFor(span)));
transport.close();
