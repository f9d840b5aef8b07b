import { it } from 'vitest';
import { useScenes } from '../support/integration/scene.mts';
import { seedSite } from '../support/simulator/index.mts';
import { Life, LIVES } from './lives.mts';
import { newTape, passMinutes, startTape, Take } from './tape.mts';

startTape();
useScenes();

for (const [name, stories] of Object.entries(LIVES)) {
	const file = newTape(name);
	for (const [title, [story, options]] of Object.entries(stories)) {
		it(`${name}: ${title}`, async () => {
			const take = await Take.open(file, title, options);
			seedSite(take.scene.site.site);
			// The site is older than the workflow.
			await passMinutes(24 * 60);
			await story(new Life(take));
		});
	}
}
