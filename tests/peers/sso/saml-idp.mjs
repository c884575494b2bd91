// A SAML 2.0 identity provider on npm's samlp (xml-crypto). DIRECTORY has idp.key and idp.crt, announced.crt while a change of keys is under
// way, and service-providers.json: entity id → { acs, slo, certificate, encryptionCertificate, sign, sha1, encryption, signedRequests, logoutByPost }.
//   /metadata  /sso (GET, POST)  /slo (GET, POST; without a message it logs out everywhere)  /idp-initiated?sp=ENTITY_ID  /healthz
import crypto from 'node:crypto';
import { address, endWithTheTest, escape, has, people, port, require, signInForm, text } from './peer.mjs';

const express = require('express');
const samlp = require('samlp');
const Participants = require('samlp/lib/sessionParticipants');

const issuer = `${address}/metadata`;
const emailFormat = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';
const binding = (name) => `urn:oasis:names:tc:SAML:2.0:bindings:HTTP-${name}`;
const serviceProviders = () => JSON.parse(text('service-providers.json'));

function Profile(person) {
  return {
    getClaims: () => ({
      email: person.email, displayName: person.name, givenName: person.given_name, surname: person.family_name, groups: person.groups,
    }),
    getNameIdentifier: () => ({ nameIdentifier: person.email, nameIdentifierFormat: emailFormat }),
  };
}
Profile.prototype.metadata = [];

const app = express();
app.use(express.urlencoded({ extended: false, limit: '2mb' }));

const sessions = new Map();
app.use((req, res, next) => {
  let id = /idpsid=([0-9a-f]+)/.exec(req.headers.cookie ?? '')?.[1];
  if (!sessions.has(id)) {
    id = crypto.randomBytes(16).toString('hex');
    sessions.set(id, { participants: [], logouts: {} });
    res.setHeader('Set-Cookie', `idpsid=${id}; Path=/; HttpOnly`);
  }
  req.session = sessions.get(id);
  next();
});

const keyDescriptor = (certificate) => `<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data>
  <X509Certificate>${certificate.replace(/-----[^-]+-----/g, '')}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>`;

app.get('/metadata', (req, res, next) => {
  // samlp names one key only; the one to come is put beside it.
  const send = res.send.bind(res);
  res.send = (xml) => send(has('announced.crt') ? xml.replace(/<\/KeyDescriptor>/, `</KeyDescriptor>${keyDescriptor(text('announced.crt'))}`) : xml);
  samlp.metadata({
    issuer, cert: text('idp.crt'), profileMapper: Profile,
    redirectEndpointPath: '/sso', postEndpointPath: '/sso', logoutEndpointPaths: { redirect: '/slo', post: '/slo' },
  })(req, res, next);
});

const parse = (req, options) => new Promise((resolve, reject) => {
  samlp.parseRequest(req, options, (error, data) => (error ? reject(error) : resolve(data)));
});

async function signIn(req, res, next) {
  try {
    const person = req.session.person;
    if (!person) {
      const back = Buffer.from(JSON.stringify({ method: req.method, url: req.originalUrl, body: req.body ?? {} })).toString('base64');
      res.type('html').send(signInForm('/login', { back }));
      return;
    }

    const asked = await parse(req, {});
    const entity = asked?.issuer ?? req.query.sp;
    const sp = serviceProviders()[entity];
    if (!sp) throw new Error(`unknown service provider ${entity}`);
    if (asked && sp.signedRequests) await parse(req, { signingCert: sp.certificate });
    if (asked?.assertionConsumerServiceURL && asked.assertionConsumerServiceURL !== sp.acs) throw new Error('another ACS than the registered one');
    answer(req, res, next, person, entity, sp, asked?.id);
  } catch (error) {
    next(error);
  }
}

function answer(req, res, next, person, entity, sp, inResponseTo) {
  const sessionIndex = `_s${crypto.randomBytes(8).toString('hex')}`;
  const options = {
    issuer, cert: text('idp.crt'), key: text('idp.key'), audience: entity, recipient: sp.acs, destination: sp.acs, inResponseTo, sessionIndex,
    profileMapper: Profile, typedAttributes: true, includeAttributeNameFormat: true, lifetimeInSeconds: 300,
    authnContextClassRef: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
    signatureAlgorithm: sp.sha1 ? 'rsa-sha1' : 'rsa-sha256', digestAlgorithm: sp.sha1 ? 'sha1' : 'sha256',
    signAssertion: sp.sign === 'assertion' || sp.sign === 'both', signResponse: sp.sign === 'response' || sp.sign === 'both',
  };
  if (sp.encryptionCertificate) {
    Object.assign(options, {
      encryptionCert: Buffer.from(sp.encryptionCertificate),
      encryptionPublicKey: crypto.createPublicKey(sp.encryptionCertificate).export({ type: 'spki', format: 'pem' }),
      encryptionAlgorithm: sp.encryption ?? 'http://www.w3.org/2009/xmlenc11#aes256-gcm',
      disallowEncryptionWithInsecureAlgorithm: false, warnOnInsecureEncryptionAlgorithm: false,
    });
  }

  samlp.getSamlResponse(options, person, (error, xml) => {
    if (error) return next(error);
    req.session.participants.push({
      serviceProviderId: entity, nameId: person.email, nameIdFormat: emailFormat, sessionIndex, serviceProviderLogoutURL: sp.slo,
      cert: sp.certificate, binding: sp.logoutByPost ? binding('POST') : undefined,
    });
    const relayState = req.query.RelayState ?? req.body?.RelayState ?? '';
    return res.type('html').send(`<body onload="document.forms[0].submit()"><form method="post" action="${escape(sp.acs)}">
      <input type="hidden" name="SAMLResponse" value="${Buffer.from(xml).toString('base64')}">
      <input type="hidden" name="RelayState" value="${escape(relayState)}"></form>`);
  });
}

app.get('/sso', signIn);
app.post('/sso', signIn);
app.get('/idp-initiated', signIn);

app.post('/login', (req, res, next) => {
  const person = people[req.body.username];
  if (person?.password !== req.body.password) return res.status(401).send('Wrong name or password.');
  req.session.person = person;
  const back = JSON.parse(Buffer.from(req.body.back, 'base64').toString());
  if (back.method === 'GET') return res.redirect(303, back.url);
  req.body = back.body;
  return signIn(req, res, next);
});

const logouts = {
  save: (req, state, done) => {
    const id = crypto.randomBytes(8).toString('hex');
    req.session.logouts[id] = state;
    done(null, id);
  },
  load: (req, id, options, done) => {
    const [settings, callback] = typeof options === 'function' ? [{}, options] : [options, done];
    const state = req.session.logouts[id];
    if (settings.destroy) delete req.session.logouts[id];
    callback(null, state);
  },
  update: (req, id, state, done) => {
    req.session.logouts[id] = state;
    done(null, id);
  },
};

const signOut = (req, res, next) => samlp.logout({
  issuer, cert: text('idp.crt'), key: text('idp.key'), signatureAlgorithm: 'rsa-sha256', digestAlgorithm: 'sha256', store: logouts,
  deflate: req.method === 'GET', protocolBinding: binding(req.method === 'GET' ? 'Redirect' : 'POST'),
  sessionParticipants: new Participants(req.session.participants),
  clearIdPSession: (done) => {
    delete req.session.person;
    req.session.participants = [];
    done();
  },
})(req, res, next);
app.get('/slo', signOut);
app.post('/slo', signOut);

app.get('/healthz', (_req, res) => res.send('ok'));
app.use((error, _req, res, _next) => res.status(400).type('text').send(`Identity provider: ${error.message}`));
app.listen(port, '127.0.0.1');
endWithTheTest();
