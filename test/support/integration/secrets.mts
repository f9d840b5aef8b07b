import { inspect } from 'node:util';
import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { expect } from 'vitest';
import { authorizationSecrets, type Secret, secretsIn, serverTokenSecrets } from '../secret.mts';
import type { Simulator } from '../simulator/index.mts';
import { log } from './log.mts';

/** Owners of secrets: a site, and an n8n with a credential for it. */
export interface Secretive {
	site: Simulator;
	host: { credential(): ICredentialDataDecryptedObject };
	/** `Authorization` values of webhooks that may be gone by now. */
	registered?: string[];
}

/** Everything that proves something: what the credential holds, what was sent, what was registered. */
function secretsOf({ site, host, registered: before = [] }: Secretive): Secret[] {
	const { longTermToken, tokenKey, tokenSecret, deliveryToken, signingSecret, previousSigningSecret } =
		host.credential() as Partial<Record<string, string>>;
	const plain = { tokenKey, tokenSecret, signingSecret, previousSigningSecret };
	const now = site.webhooks().map(({ authorizationHeader }) => authorizationHeader);
	const registered = [...new Set([...before, ...now])];
	return [
		...Object.entries(plain).map(([name, value]) => ({ name, value: value ?? '' })),
		...authorizationSecrets('jwt', longTermToken ?? ''),
		...authorizationSecrets('delivery token', deliveryToken ?? ''),
		...registered.flatMap((value) => authorizationSecrets('registered token', value)),
		...site.apiCalls.flatMap(({ token }) =>
			token.startsWith('tkn_')
				? serverTokenSecrets('server token', token)
				: authorizationSecrets('token of a call', token),
		),
		{ name: 'secret of the site', value: site.signingSecret },
		{ name: 'secret of the site', value: site.serverToken.secret },
	];
}

/** Searches everything in `value`, including hidden properties and causes. */
export function expectNoSecretIn(value: unknown, scene: Secretive): void {
	expect(foundIn(value, scene)).toEqual([]);
}

export function expectNoSecretInLog(scene: Secretive): void {
	expect(foundInLog(scene)).toEqual([]);
}

/** The names of the secrets that are in it. */
export function foundIn(value: unknown, scene: Secretive): string[] {
	return secretsIn(typeof value === 'string' ? value : deepText(value), secretsOf(scene));
}

export function foundInLog(scene: Secretive): string[] {
	return foundIn(log.lines.map(({ all }) => all).join('\n'), scene);
}

function deepText(value: unknown): string {
	const limits = { maxArrayLength: null, maxStringLength: null, breakLength: Infinity };
	return inspect(value, { depth: 12, showHidden: true, ...limits });
}
