import { inspect } from 'node:util';
import { expect } from 'vitest';
import { log } from './log.mts';
import type { Scene } from './scene.mts';

const SHORTEST = 7;

/** Nothing that proves anything to anyone: tokens, secrets, and what the site was given. */
function secretsOf({ site, host }: Scene): string[] {
	const credential = Object.entries(host.credential())
		.filter(([name]) => /jwt|secret|token(Secret|Key)|deliveryToken/i.test(name))
		.map(([, value]) => String(value));
	const registered = site.webhooks().map(({ authorizationHeader }) => authorizationHeader);
	return (
		[...credential, ...registered, site.jwt, site.signingSecret, site.serverToken.secret]
			.map((secret) => secret.replace(/^(Bearer|Basic)\b/, '').trim())
			// Shorter ones are deliberate mistakes, such as a scheme without a token.
			.filter((secret) => secret.length >= SHORTEST)
	);
}

/** Looks at everything in `value`, hidden properties and causes included. */
export function expectNoSecretIn(value: unknown, scene: Scene): void {
	const text = typeof value === 'string' ? value : deepText(value);
	for (const secret of secretsOf(scene)) expect(text).not.toContain(secret);
}

export function expectNoSecretInLog(scene: Scene): void {
	expectNoSecretIn(log.lines.map(({ all }) => all).join('\n'), scene);
}

function deepText(value: unknown): string {
	const limits = { maxArrayLength: null, maxStringLength: null, breakLength: Infinity };
	return inspect(value, { depth: 12, showHidden: true, ...limits });
}
