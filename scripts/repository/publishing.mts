import { identityOf, type Manifest } from './identity.mts';

/** Stands for the publisher until there is one: an account that does not exist. */
export const PLACEHOLDER = 'n8n-nodes-cxone-expert';

/** Domains of GitHub and of RFC 2606 that take no mail, with all below them. */
const WITHOUT_MAIL = /[@.](noreply\.github\.com|example\.(com|net|org)|example|invalid|test|localhost)$/i;

/** The part of the environment that says where a publish runs. */
export interface Surroundings {
	GITHUB_ACTIONS?: string | undefined;
	GITHUB_REF?: string | undefined;
	GITHUB_WORKFLOW_REF?: string | undefined;
}

/** Why this may not be published from here; empty when it may. */
export function reasonsAgainst(manifest: Manifest, where: Surroundings): string[] {
	const { owner, repository } = identityOf(manifest);
	// Alone: whose workflow publishes is known only once this is said.
	if (owner === PLACEHOLDER) {
		return ['Nobody has said yet who publishes this package. .github/CONTRIBUTING.md#releasing says what to change.'];
	}
	const reasons: string[] = [];
	const { email } = manifest.author;
	if (WITHOUT_MAIL.test(email)) {
		reasons.push(`Nobody receives mail at ${email}, but SECURITY.md asks people to report vulnerabilities there.`);
	}
	const workflow = `${owner}/${repository}/.github/workflows/publish.yml@${where.GITHUB_REF}`;
	if (where.GITHUB_ACTIONS !== 'true' || where.GITHUB_WORKFLOW_REF !== workflow) {
		reasons.push(
			'Only the workflow .github/workflows/publish.yml publishes this package, so that npm can prove where it was built. Run `npm version`: it makes the tag that starts the workflow.',
		);
	}
	const tag = `refs/tags/v${manifest.version}`;
	if (where.GITHUB_REF !== tag) {
		reasons.push(
			`package.json says ${manifest.version}, so the tag has to be ${tag}. It is ${where.GITHUB_REF ?? 'none'}.`,
		);
	}
	return reasons;
}

/** The changelog's entry for a version, for its release. */
export function notesOf(changelog: string, version: string): string {
	const sections = changelog.split(/^(?=## )/m);
	const section = sections.find((text) => text.startsWith(`## [${version}]`));
	if (section === undefined) throw new Error(`CHANGELOG.md has no section [${version}].`);
	const [, ...lines] = section.split('\n');
	const isLink = /^\[[^\]]+\]: /;
	return lines
		.filter((line) => !isLink.test(line))
		.join('\n')
		.trim();
}
