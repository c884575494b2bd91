<?php
$people = [];
foreach (json_decode(file_get_contents(dirname(__DIR__, 2) . '/people.json'), true) as $name => $person) {
    $people["$name:{$person['password']}"] = [
        'uid' => [$name],
        'email' => [$person['email']],
        'displayName' => [$person['name']],
        'givenName' => [$person['given_name']],
        'surname' => [$person['family_name']],
        'groups' => $person['groups'],
    ];
}

$config = [
    'admin' => ['core:AdminPassword'],
    'people' => ['exampleauth:UserPass'] + $people,
];
