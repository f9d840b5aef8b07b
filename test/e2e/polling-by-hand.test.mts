import { expect, it } from 'vitest';
import { Scene } from '../support/e2e/scene.mts';
import { tryPollingByHand } from '../support/e2e/tried-by-hand.mts';

it('Fetch Test Event gives the newest change, and Execute step runs the action node on it', async () => {
	const scene = await Scene.share();
	try {
		expect(await tryPollingByHand(scene)).toHaveLength(2);
	} finally {
		await scene.close();
	}
});
