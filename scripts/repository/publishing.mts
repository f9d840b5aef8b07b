import { identityOf, mailProblem, unsetParts, type Manifest } from './identity.mts';

/** The part of the environment that says where a publish runs. */
export interface Surroundings {
	GITHUB_ACTIONS?: string | undefined;
	GITHUB_REF?: string | undefined;
	GITHUB_WORKFLOW_REF?: string | undefined;
}

/** Why this may not be published from here; empty when it may. */
export function reasonsAgainst(manifest: Manifest, where: Surroundings): string[] {
	const identity = identityOf(manifest);
	const unset = unsetParts(identity);
	// Alone: whose workflow publishes is known only once this is said.
	if (unset.length > 0) {
		return [
			`Nobody has said yet who publishes this package: ${unset.join(', ')} in package.json is the placeholder. Run \`node scripts/identity.mts --owner … --name … --email …\`, and commit what it changes.`,
		];
	}
	const reasons = [mailProblem(identity.email)].filter((reason) => reason !== undefined);
	const workflow = `${identity.owner}/${identity.repository}/.github/workflows/publish.yml@${where.GITHUB_REF}`;
	if (where.GITHUB_ACTIONS !== 'true' || where.GITHUB_WORKFLOW_REF !== workflow) {
		reasons.push(
			'Only the workflow .github/workflows/publish.yml publishes this package, so that npm can prove where it was built. Run `npm run release`: it makes the tag that starts the workflow.',
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
