import { randomUUID } from 'node:crypto';
import { event } from './published-trigger.mts';

/** An event of 20 kB about the page of this number, like no other. */
export function largeEvent(number: number): string {
	const filler = Array.from(
		{ length: 330 },
		(_, i) => `<note n="${i}">${randomUUID()} ${number}</note>`,
	);
	return event({ page: String(number), inside: filler.join('') });
}
