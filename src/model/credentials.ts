/** What a registry knows its users by. Where it is kept is known above. */

export type Credentials =
  | { readonly username: string; readonly password: string }
  | { readonly identityToken: string };

/**
 * Finds the credentials of one registry host, such as `ghcr.io`, `localhost:5000` or `docker.io`.
 * @returns undefined when the host is to be asked without any
 * @throws DiagnosticError `docker-config-invalid` or `credential-helper-failed`
 */
export type CredentialLookup = (host: string) => Promise<Credentials | undefined>;
