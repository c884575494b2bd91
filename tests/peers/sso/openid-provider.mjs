// An OpenID provider on npm's oidc-provider, which is certified. DIRECTORY has clients.json, in the form of dynamic client registration.
// CONFORM=0 also puts the claims of scopes into the ID token.
import crypto from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { address, endWithTheTest, people, port, require, signInForm, text } from './peer.mjs';

const { Provider } = await import(pathToFileURL(require.resolve('oidc-provider')));

const signingKey = (type, options, kid, alg) => ({
  ...crypto.generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }), kid, alg, use: 'sig',
});

const claimsOf = ({ password, subject, ...claims }) => ({ sub: subject, ...claims });

const provider = new Provider(address, {
  clients: JSON.parse(text('clients.json')),
  jwks: {
    keys: [
      signingKey('rsa', { modulusLength: 2048 }, 'rs1', 'RS256'),
      signingKey('ec', { namedCurve: 'P-256' }, 'es1', 'ES256'),
      signingKey('rsa', { modulusLength: 2048 }, 'ps1', 'PS256'),
    ],
  },
  enabledJWA: { idTokenSigningAlgValues: ['RS256', 'ES256', 'PS256', 'HS256'] },
  cookies: { keys: ['a key of the tests'] },
  conformIdTokenClaims: process.env.CONFORM !== '0',
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'given_name', 'family_name'], groups: ['groups'] },
  pkce: { required: () => true },
  // Its dispatcher refuses loopback, where the tests take their logout tokens.
  fetch: (url, { dispatcher, ...options }) => globalThis.fetch(url, options),
  features: {
    devInteractions: { enabled: false },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (context, form) => {
        context.body = `<!doctype html><title>Sign out</title>${form.replace('</form>', '<input type="hidden" name="logout" value="yes"></form>')}`;
      },
    },
    backchannelLogout: { enabled: true },
    revocation: { enabled: true },
    introspection: { enabled: true },
  },
  interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_context, subject) => {
    const person = Object.values(people).find((candidate) => candidate.subject === subject);
    return person && { accountId: subject, claims: () => claimsOf(person) };
  },
  ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 300, Interaction: 600, Session: 3600, Grant: 3600, RefreshToken: 3600 },
});

const formOf = async (req) => {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  return new URLSearchParams(Buffer.concat(chunks).toString());
};

provider.use(async (context, next) => {
  if (context.path === '/healthz') {
    context.body = 'ok';
    return;
  }
  if (!context.path.startsWith('/interaction/')) {
    await next();
    return;
  }

  const { prompt, params, session, grantId } = await provider.interactionDetails(context.req, context.res);
  if (context.method === 'POST') {
    const form = await formOf(context.req);
    const person = people[form.get('username')];
    if (person?.password !== form.get('password')) {
      context.status = 401;
      context.body = 'Wrong name or password.';
      return;
    }
    const login = { accountId: person.subject, acr: 'pwd', amr: ['pwd'] };
    await provider.interactionFinished(context.req, context.res, { login }, { mergeWithLastSubmission: false });
  } else if (prompt.name === 'login') {
    context.type = 'html';
    context.body = signInForm(context.path);
  } else {
    // Consent is given without asking.
    const grant = grantId ? await provider.Grant.find(grantId) : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    if (prompt.details.missingOIDCScope) grant.addOIDCScope(prompt.details.missingOIDCScope.join(' '));
    if (prompt.details.missingOIDCClaims) grant.addOIDCClaims(prompt.details.missingOIDCClaims);
    const consent = { grantId: await grant.save() };
    await provider.interactionFinished(context.req, context.res, { consent }, { mergeWithLastSubmission: true });
  }
});

provider.on('server_error', (_context, error) => console.error('server_error', error));
for (const event of ['authorization.error', 'grant.error']) {
  provider.on(event, (_context, error) => console.error(event, error.error, error.error_detail ?? error.error_description));
}
provider.listen(Number(port), '127.0.0.1');
endWithTheTest();
