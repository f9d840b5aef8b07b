/*
 * The clock of the bench. The node forgets nothing of the last ten seconds: were thousands of
 * deliveries signed in one second, as here, it would keep them all. So they come a second apart.
 */

const realNow = Date.now;
let now: number | undefined;

Date.now = () => now ?? realNow();

/** It is this unix second from here on. */
export function setClock(seconds: number): void {
	now = seconds * 1000;
}

/** The current unix second, of the real clock. */
export function realSeconds(): number {
	return Math.floor(realNow() / 1000);
}
