// Token introspection (RFC 7662) for dovecot: 'good-token' belongs to alice@vaka.test, any other token is not active.
const http = require('node:http');

http.createServer((request, response) => {
  let body = '';
  request.on('data', chunk => (body += chunk));
  request.on('end', () => {
    const active = new URLSearchParams(body).get('token') === 'good-token';
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(active ? { active, username: 'alice@vaka.test' } : { active }));
  });
}).listen(Number(process.argv[2]), '127.0.0.1');
