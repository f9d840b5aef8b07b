import { redact, secretsOf } from '../../../nodes/CxoneExpert/api/redact.ts';
import type { Verdict } from './question.mts';
import { questions } from './questions/index.mts';
import type { Seen } from './seen.mts';

/** What a probe has found for each of its questions. */
export function findingsOf(seen: Seen): Map<string, Verdict> {
	const secrets = secretsOf(seen.credential, seen.own.authorization);
	const found = Object.entries(questions).map(([name, { judge }]): [string, Verdict] => {
		const verdict = judge(seen, seen.responses.get(name)) ?? { verdict: 'not seen', form: '' };
		// No form contains a secret; this is a safeguard.
		return [name, { ...verdict, form: redact(verdict.form, secrets) }];
	});
	return new Map(found);
}

/** Markdown to be pasted into an issue; no content, name, address or token of the site. */
export function reportOf(seen: Seen, version: string): string {
	const findings = findingsOf(seen);
	const lines = [...findings].map(([name, { verdict, form }]) => {
		const { statement } = questions[name]!;
		return `- **${verdict}** \`${name}\`: ${statement}${form && ` Seen: ${form}`}`;
	});
	const verdicts = Object.entries(Object.groupBy(findings.values(), ({ verdict }) => verdict));
	const counts = verdicts.map(([verdict, { length }]) => `${length} ${verdict}`).join(', ');
	const summary = [`- package ${version}; ${counts}`, ...circumstancesOf(seen)];
	return `${['# Probe of an Expert site', summary.join('\n'), lines.join('\n')].join('\n\n')}\n`;
}

function circumstancesOf({ credential, own, stopped, ...seen }: Seen): string[] {
	const isJwt = credential.authentication === 'jwt';
	const isRegistered = seen.webhookId !== undefined;
	const listened = isRegistered
		? `${seen.deliveries.length} deliveries; ${seen.foreign} of other changes ignored`
		: 'no webhook was registered';
	return [
		`- ${isJwt ? 'long-term token' : 'server token'} of ${seen.isAdmin ? 'an Admin' : 'a user without the Admin role'}`,
		`- ${own.paths === undefined ? 'only read' : 'wrote below a page'}; ${listened}`,
		...(stopped ? [`- stopped at \`${stopped.step}\`: ${stopped.form}`] : []),
	];
}
