import type { IExecuteFunctions } from 'n8n-workflow';

import type { ApiFailure } from '../../api/failure';
import { readArchivedPage, readPage } from '../../api/pages';
import { type Failed, failed, type Result, success } from '../../api/result';
import { siteOrigin } from '../../api/site-url';
import { isStillAccepted } from '../../api/token-check';
import { failureText, type StatusMessages } from '../../shared/failure-messages';
import { archivedPageDetails, type PageDetails, pageDetails } from './page-details';
import type { PageQuestion, UnnamedPage } from './page-question';
import { connectToSite, type SiteClient } from './site-client';
import { idOfUnnamedPage, TOLERANCE_MS } from './unnamed-page';

/** Details; `undefined` when nobody can tell which page it was. A failure says why there are none. */
export type PageAnswer<F = string> = Result<PageDetails | undefined, F>;

/** Pages that are read at the same time. */
const MAX_CONCURRENT = 5;

/**
 * Asks the site about the pages of one execution, each once, within five seconds in all. Never throws.
 *
 * A token that has expired gets less without a word (docs/vendor-facts.md#anonymous-responses): what
 * the site says counts only if it accepts the token.
 */
export async function lookUpPages(
	context: IExecuteFunctions,
	questions: PageQuestion[],
): Promise<PageAnswer[]> {
	if (questions.length === 0) return [];
	const site = await connectToSite(context);
	if (site === undefined) return questions.map(() => failed(NO_CREDENTIAL));
	const [token, answers] = await Promise.all([
		isStillAccepted(site.api, site.credential),
		answerAll(site, questions),
	]);
	return answers.map((answer) => inWords(token.ok ? answer : distrusted(answer, token)));
}

const NO_CREDENTIAL =
	'n8n cannot read the credential of the trigger. Open the trigger and choose a CXone Expert API credential.';

type RawAnswer = PageAnswer<ApiFailure>;

/** What counts where the token is not accepted, or nobody knows whether it is. */
function distrusted(answer: RawAnswer, token: Failed): RawAnswer {
	// Why the page could not be read says more than why the token could not be checked.
	return answer.ok || token.failure.kind === 'anonymous' ? token : answer;
}

function inWords(answer: RawAnswer): PageAnswer {
	if (answer.ok) return answer;
	const { failure } = answer;
	// The text for a budget is about changes that were left unfinished.
	const kind = failure.kind === 'budget-exceeded' ? 'timeout' : failure.kind;
	return failed(failureText({ ...failure, kind }, { messages: MESSAGES }));
}

const MESSAGES: StatusMessages = {
	403: {
		message: 'Expert did not allow this',
		description:
			'The user of the token may lack the right to read the page. The archive of deleted pages is for admins.',
	},
	404: {
		message: 'Expert did not find it',
		description:
			'The page may have been deleted, restored or moved since, or the user of the token may not see it.',
	},
};

async function answerAll(site: SiteClient, questions: PageQuestion[]): Promise<RawAnswer[]> {
	const times = questions.flatMap((question) => ('at' in question ? question.at : []));
	// One list for all events that name no page.
	const since = Math.min(...times) - TOLERANCE_MS;
	const answers: RawAnswer[] = [];
	const rest = questions.entries();
	const work = async () => {
		for (const [index, question] of rest) answers[index] = await answer(site, question, since);
	};
	await Promise.all(Array.from({ length: MAX_CONCURRENT }, work));
	return answers;
}

async function answer(site: SiteClient, question: PageQuestion, since: number): Promise<RawAnswer> {
	const { cached: api, credential } = site;
	switch (question.kind) {
		case 'page':
			return converted(await readPage(api, question.key, question.label), pageDetails);
		case 'archived page':
			return converted(await readArchivedPage(api, question.id), archivedPageDetails);
		case 'unnamed page': {
			const origin = siteOrigin(credential.siteUrl) ?? '';
			const id = await idOfUnnamedPage(api, origin, question, since);
			if (!id.ok) return id;
			if (id.value === undefined) return success(undefined);
			return await answer(site, named(id.value, question), since);
		}
	}
}

function named(id: string, { change }: UnnamedPage): PageQuestion {
	return change === 'deleted'
		? { kind: 'archived page', id }
		: { kind: 'page', key: id, label: `page ${id}` };
}

function converted<A, B>(result: Result<A>, convert: (value: A) => B): Result<B> {
	return result.ok ? success(convert(result.value)) : result;
}
