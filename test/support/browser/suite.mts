import { afterAll, beforeAll, describe } from 'vitest';
import { chromiumPath } from './chromium.mts';
import type { Editor, Look } from './editor.mts';
import { BrowserStage } from './stage.mts';

/** What a suite has once its tests run. */
export interface Suite {
	stage: BrowserStage;
	editor: Editor;
}

/** Tests with one window of the editor; reported as skipped where there is no Chromium. */
export function describeInBrowser(title: string, tests: (suite: Suite) => void, look?: Look): void {
	const suite = {} as Suite;
	describe.skipIf(chromiumPath === undefined)(title, () => {
		beforeAll(async () => {
			suite.stage = await BrowserStage.share();
			suite.editor = await suite.stage.editor(look);
		});
		afterAll(async () => await suite.editor?.close());
		tests(suite);
	});
}
