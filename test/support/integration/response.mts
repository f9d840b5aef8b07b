import { expect } from 'vitest';
import type { TextResponse } from '../http.mts';

/** Headers that Node's HTTP server adds by itself. */
const OF_NODE = ['connection', 'date', 'keep-alive'];

/** The form of every response: a status, no body, and nothing that tells about the inside. */
export function expectResponse({ status, headers, body }: TextResponse, expected: number): void {
	const told = Object.keys(headers).filter((name) => !OF_NODE.includes(name));
	const temporary = expected === 503;
	expect({ status, body, told: told.sort() }).toEqual({
		status: expected,
		body: '',
		told: temporary ? ['content-length', 'retry-after'] : ['content-length'],
	});
	expect(headers['content-length']).toBe('0');
	if (temporary) expect(headers['retry-after']).toMatch(/^\d+$/);
}
