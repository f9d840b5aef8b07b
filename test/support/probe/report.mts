import { redact, secretsOf } from '../../../nodes/CxoneExpert/api/redact.ts';
import { assumptions } from './assumptions/index.mts';
import type { Seen, Verdict } from './seen.mts';

/** Result of a probe for one assumption. */
export interface Finding extends Verdict {
	heading: string;
	statement: string;
	/** Short and stable, to talk about it. */
	name: string;
}

/** One that no probe can see. */
export interface NotProbed {
	name: string;
	why: string;
}

export function findingsOf(seen: Seen): Finding[] {
	return assumptions.flatMap(({ judge, ...entry }) => {
		if (typeof judge === 'string') return [];
		const { verdict, form } = judge(seen) ?? { verdict: 'not seen' as const, form: '' };
		return [{ ...entry, verdict, form: clean(form, seen) }];
	});
}

export function notProbed(): NotProbed[] {
	return assumptions.flatMap(({ name, judge }) =>
		typeof judge === 'string' ? [{ name, why: judge }] : [],
	);
}

/** How a probe was made. */
export interface Circumstances {
	version: string;
	below: boolean;
	webhook: boolean;
	patienceMs: number;
}

/** Markdown to be pasted into an issue; no content, name, address or token of the site. */
export function reportOf(
	seen: Seen,
	{ version, below, webhook, patienceMs }: Circumstances,
): string {
	const findings = findingsOf(seen);
	const count = (verdict: Verdict['verdict']) =>
		`${findings.filter((finding) => finding.verdict === verdict).length} ${verdict}`;
	const { authentication } = seen.credential;
	const text = [
		'# Probe of an Expert site',
		[
			`- package ${version}; ${count('holds')}, ${count('other')}, ${count('not seen')}`,
			`- ${authentication === 'jwt' ? 'long-term token' : 'server token'} of ${seen.isAdmin ? 'an Admin' : 'a user without the Admin role'}`,
			`- ${below ? 'wrote below a page' : 'only read'}; ${webhook ? listened(seen, patienceMs) : 'no webhook'}`,
			...(seen.stopped
				? [`- stopped at \`${seen.stopped.step}\`: ${clean(seen.stopped.form, seen)}`]
				: []),
		].join('\n'),
		...sectionsOf(findings),
		'## Not probed',
		notProbed()
			.map(({ name, why }) => `- \`${name}\`: ${why}`)
			.join('\n'),
	].join('\n\n');
	return `${text}\n`;
}

/** No form contains a secret; this is a safeguard. */
function clean(form: string, { credential, own }: Seen): string {
	return redact(form, secretsOf(credential, own.authorization));
}

/** Too short a wait would see too little. */
function listened(seen: Seen, patienceMs: number): string {
	const { deliveries, foreign, hasListened, events } = seen;
	if (!hasListened) return 'the webhook could not be registered';
	const slowest = Math.max(0, ...events.map(({ delivery }) => delivery.delayMs));
	const [waited, came] = [patienceMs, slowest].map((ms) => Math.round(ms / 1000));
	return `${deliveries.length} deliveries, waited for ${waited} s at each step, the slowest came after ${came} s; ${foreign} of other changes ignored`;
}

function sectionsOf(findings: Finding[]): string[] {
	const headings = [...new Set(findings.map(({ heading }) => heading))];
	return headings.flatMap((heading) => {
		const own = findings.filter((finding) => finding.heading === heading);
		const statements = [...new Set(own.map(({ statement }) => statement))];
		return [`## ${heading}`, ...statements.map((statement) => sectionOf(statement, own))];
	});
}

function sectionOf(statement: string, findings: Finding[]): string {
	const lines = findings
		.filter((finding) => finding.statement === statement)
		.map(({ name, verdict, form }) => `- **${verdict}** \`${name}\`${form && `: ${form}`}`);
	return [statement, '', ...lines].join('\n');
}
