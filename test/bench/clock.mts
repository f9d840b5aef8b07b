import { clock } from './built.mts';

/*
 * The clock of the bench. The node keeps more than it is told to of what was signed within the allowed
 * age: were thousands of deliveries signed in one second, as here, it would keep them all. So they
 * come a second apart, by both of the node's clocks.
 */

let now: number | undefined;

const realMoment = clock.presentMoment;
clock.presentMoment = () => (now === undefined ? realMoment() : { wall: now, steady: now });

/** It is this unix second from here on. */
export function setClock(seconds: number): void {
	now = seconds * 1000;
}

/** The current unix second, of the real clock. */
export function realSeconds(): number {
	return Math.floor(Date.now() / 1000);
}
