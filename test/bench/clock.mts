/*
 * The clock of the bench. The node keeps more than it is told to of what was signed within the allowed
 * age: were thousands of deliveries signed in one second, as here, it would keep them all. So they
 * come a second apart.
 */

let now: number | undefined;

const realNow = Date.now.bind(Date);
Date.now = () => now ?? realNow();

/** It is this unix second from here on. */
export function setClock(seconds: number): void {
	now = seconds * 1000;
}

/** The current unix second, of the real clock. */
export function realSeconds(): number {
	return Math.floor(realNow() / 1000);
}
