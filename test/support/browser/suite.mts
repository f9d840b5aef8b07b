import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { cacheFolder } from '../n8n/runtime.mts';
import { lacks } from '../programs.mts';
import type { Editor, Look } from './editor.mts';
import { BrowserStage, chromiumPath } from './stage.mts';

/** Each push sees the editor light, each night sees it dark. */
const theme = process.env.EDITOR_THEME === 'dark' ? 'dark' : 'light';

/** What a suite has once its tests run. */
export interface Suite {
	stage: BrowserStage;
	editor: Editor;
}

/** Tests with one window of the editor; reported as skipped where there is no Chromium. */
export function describeInBrowser(title: string, tests: (suite: Suite) => void, look?: Look): void {
	const suite = {} as Suite;
	describe.skipIf(lacks({ chromium: chromiumPath !== undefined }))(title, () => {
		beforeAll(async () => {
			suite.stage = await BrowserStage.share();
			suite.editor = await suite.stage.editor({ theme, ...look });
		});
		afterEach(async ({ task }) => {
			if (task.result?.state === 'fail') await picture(suite.editor, task.name);
		});
		afterAll(async () => await suite.editor?.close());
		tests(suite);
	});
}

/** What was to be seen when a test failed. */
async function picture({ page }: Editor, test: string): Promise<void> {
	const name = `${test.replace(/\W+/g, '-').slice(0, 100)}.png`;
	await page.screenshot({ path: join(cacheFolder, 'browser', name) });
}
