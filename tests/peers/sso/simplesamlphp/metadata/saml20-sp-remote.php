<?php
$binding = fn(string $name) => "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-$name";
$key = fn(string $pem, string $use) => [
    'type' => 'X509Certificate',
    'signing' => $use === 'signing',
    'encryption' => $use === 'encryption',
    'X509Certificate' => preg_replace('/-----[^-]+-----|\s/', '', $pem),
];

foreach (json_decode(file_get_contents(getenv('PEER_DIRECTORY') . '/service-providers.json'), true) as $id => $sp) {
    $keys = [];
    if (isset($sp['certificate'])) {
        $keys[] = $key($sp['certificate'], 'signing');
    }
    if (isset($sp['encryptionCertificate'])) {
        $keys[] = $key($sp['encryptionCertificate'], 'encryption');
    }

    // It prefers redirect wherever that is offered.
    $metadata[$id] = [
        'AssertionConsumerService' => [['Binding' => $binding('POST'), 'Location' => $sp['acs'], 'index' => 0]],
        'SingleLogoutService' => [['Binding' => $binding(empty($sp['logoutByPost']) ? 'Redirect' : 'POST'), 'Location' => $sp['slo']]],
        'keys' => $keys,
        'NameIDFormat' => 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
        'saml20.sign.assertion' => in_array($sp['sign'], ['assertion', 'both']),
        'saml20.sign.response' => in_array($sp['sign'], ['response', 'both']),
        'assertion.encryption' => isset($sp['encryptionCertificate']),
        'validate.logout' => isset($sp['certificate']),
        'validate.authnrequest' => !empty($sp['signedRequests']),
    ];
    if (!empty($sp['sha1'])) {
        $metadata[$id]['signature.algorithm'] = 'http://www.w3.org/2000/09/xmldsig#rsa-sha1';
    }
}
