/** What the caller's environment says of proxies, certificates and engines says nothing to a test. */
const foreign = /^(https?|all|no)_proxy$|^SSL_CERT_|^NODE_EXTRA_CA_CERTS$|^DOCKER_|^TBUILD_/i;

for (const name of Object.keys(process.env)) if (foreign.test(name)) delete process.env[name];
