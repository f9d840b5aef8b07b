import { createHmac, timingSafeEqual } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { authorizationAt, type Delivery, newDelivery, send } from '../support/integration/delivery.mts';
import { forgetModules } from '../support/integration/package-under-test.mts';
import { openPublished, type Scene, UNSIGNED, useScenes } from '../support/integration/scene.mts';

// Only calls of the package and of this test: n8n and the HTTP client have the original.
vi.mock(import('node:crypto'), async (importOriginal) => {
	const original = await importOriginal();
	return { ...original, timingSafeEqual: vi.fn(original.timingSafeEqual) };
});

useScenes();

const PREVIOUS = 'whsec_previous';
const compare = vi.mocked(timingSafeEqual);
let scene: Scene;

// Files share the loaded modules: those of this one compare with the stub.
beforeAll(forgetModules);
afterAll(forgetModules);

beforeEach(async () => {
	scene = await openPublished({ credential: { previousSigningSecret: PREVIOUS } });
	compare.mockClear();
});

afterEach(() => void compare.mockReset());

function signatureBy(secret: string, { timestamp, body }: Delivery): string {
	return createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex');
}

const headerOf = (signatures: string[]) => ({
	'X-Nexus-Signature-256': signatures.map((hex) => `sha256=${hex}`).join(','),
});

/** What was compared with what, in hex and in any order. */
function comparisons(): string[] {
	return compare.mock.calls.map((sides) => sides.map(hexOf).toSorted().join());
}

function hexOf(bytes: NodeJS.ArrayBufferView): string {
	return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

describe('comparison of signatures', () => {
	it.each([
		['the last one matches', (right: string, other: string) => [other, other, right]],
		['none of them matches', (_right: string, other: string) => [other, other]],
	])('each signature is compared with that of each secret when %s', async (_case, headerFor) => {
		const delivery = newDelivery(scene);
		const ours = [scene.site.signingSecret, PREVIOUS].map((by) => signatureBy(by, delivery));
		const received = headerFor(ours[0]!, signatureBy('whsec_other', delivery));
		const { status } = await send(scene, delivery, { headers: headerOf(received) });
		expect(status).toBe(received.includes(ours[0]!) ? 200 : 401);
		for (const pair of received.flatMap((theirs) => ours.map((own) => [theirs, own]))) {
			const text = pair.toSorted().join();
			const times = comparisons().filter((compared) => compared === text).length;
			expect(times).toBeGreaterThanOrEqual(received.filter((hex) => hex === pair[0]).length);
		}
	});

	it('the constant-time comparison alone decides whether a signature is right', async () => {
		const delivery = newDelivery(scene);
		const signature = signatureBy(scene.site.signingSecret, delivery);
		compare.mockImplementation((...sides) => !sides.map(hexOf).includes(signature));
		expect((await send(scene, delivery)).status).toBe(401);
		compare.mockReturnValue(true);
		expect((await send(scene, delivery, { secret: 'whsec_other' })).status).toBe(200);
		expect(scene.host.executions).toHaveLength(1);
	});
});

describe('comparison of the Authorization', () => {
	beforeEach(async () => {
		// Nothing else is compared then.
		scene = await openPublished({ credential: UNSIGNED });
	});

	it.each([
		['the right one', undefined],
		['a shorter one', 'Bearer'],
		['a longer one', `Bearer ${'x'.repeat(500)}`],
	])('the Authorization is compared as values of equal length: %s', async (_case, entered) => {
		const authorization = entered ?? authorizationAt(scene);
		const { status } = await send(scene, newDelivery(scene), { authorization });
		expect(status).toBe(entered === undefined ? 200 : 401);
		expect(compare).toHaveBeenCalled();
		for (const [a, b] of compare.mock.calls) expect(a.byteLength).toBe(b.byteLength);
	});

	it('the constant-time comparison alone decides whether the Authorization is right', async () => {
		compare.mockReturnValue(false);
		expect((await send(scene, newDelivery(scene))).status).toBe(401);
		compare.mockReturnValue(true);
		const authorization = 'Bearer guess';
		expect((await send(scene, newDelivery(scene), { authorization })).status).toBe(200);
		expect(scene.host.executions).toHaveLength(1);
	});
});
