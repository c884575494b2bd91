<?php
// For php -S: /x.php/PATH_INFO goes to x.php, static files are served as they are.
$root = '/usr/share/simplesamlphp/www';
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if ($path === '/healthz') {
    echo 'ok';
    return true;
}

if (!preg_match('#^(/[A-Za-z0-9_/-]*\.php)(/.*)?$#U', $path, $parts) || !is_file($root . $parts[1])) {
    return false;
}

$_SERVER['PHP_SELF'] = $parts[1] . ($parts[2] ?? '');
$_SERVER['SCRIPT_NAME'] = $parts[1];
$_SERVER['SCRIPT_FILENAME'] = $root . $parts[1];
$_SERVER['PATH_INFO'] = $parts[2] ?? '';
chdir(dirname($root . $parts[1]));
require $root . $parts[1];
return true;
