/** A token of three parts with an expiry, unsigned. @param ms unix time */
export function jwtUntil(ms: number): string {
	return jwtWith(JSON.stringify({ sub: '1', exp: Math.floor(ms / 1000) }));
}

/** A token of three parts with this text in the middle. */
export function jwtWith(payload: string): string {
	return `eyJh.${Buffer.from(payload).toString('base64url')}.c2ln`;
}
