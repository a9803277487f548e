import { relative, sep } from 'node:path'
import type { Node, SourceFile as SyntaxTree } from 'typescript/unstable/ast'
import {
  isExportDeclaration,
  isFunctionLikeDeclaration,
  isImportDeclaration,
  isImportTypeNode,
  isNewExpression,
  isStringLiteral,
  isVariableStatement,
} from 'typescript/unstable/ast/is'
import { API } from 'typescript/unstable/sync'
import type { FunctionSize, Import, SourceFile } from './source-file.ts'

/** Reads every file of the TypeScript project in `root`, by the compiler's own parser. */
export function readSources(root: string): readonly SourceFile[] {
  const api = new API({ cwd: root })
  try {
    const [project] = api.updateSnapshot({ openProject: `${root}/tsconfig.json` }).getProjects()
    if (project === undefined) throw new Error(`${root} has no tsconfig.json`)
    return project.rootFiles.map((file) => {
      const tree = project.program.getSourceFile(file)
      if (tree === undefined) throw new Error(`${file} cannot be read`)
      return describe(tree, relative(root, file).split(sep).join('/'))
    })
  } finally {
    api.close()
  }
}

function describe(tree: SyntaxTree, path: string): SourceFile {
  const functions: FunctionSize[] = []
  const imports: Import[] = tree.imports.map((node) => describeImport(tree, node))
  const visit = (node: Node): void => {
    if (isFunctionLikeDeclaration(node)) functions.push(describeFunction(tree, node))
    const worker = workerOf(tree, node)
    if (worker !== undefined) imports.push(worker)
    node.forEachChild(visit)
  }
  tree.forEachChild(visit)
  return { path, imports, functions, exports: countExports(tree), codeLines: countCodeLines(tree) }
}

const lineOf = (tree: SyntaxTree, position: number): number =>
  tree.getLineAndCharacterOfPosition(position).line + 1

const textOf = (tree: SyntaxTree, node: Node): string => node.getText(tree)

function describeImport(tree: SyntaxTree, node: Node): Import {
  const { parent } = node
  const isType =
    (isImportDeclaration(parent) && /^import type\b/.test(textOf(tree, parent))) ||
    (isExportDeclaration(parent) && parent.isTypeOnly) ||
    isImportTypeNode(parent.parent)
  return {
    specifier: textOf(tree, node).slice(1, -1),
    kind: isType ? 'type' : 'value',
    line: lineOf(tree, node.getStart(tree)),
  }
}

/** `new URL('./worker.ts', import.meta.url)`. */
function workerOf(tree: SyntaxTree, node: Node): Import | undefined {
  if (!isNewExpression(node) || textOf(tree, node.expression) !== 'URL') return undefined
  const [target] = node.arguments ?? []
  if (target === undefined || !isStringLiteral(target) || !/^\..*\.ts$/.test(target.text)) return undefined
  return { specifier: target.text, kind: 'worker', line: lineOf(tree, target.getStart(tree)) }
}

function describeFunction(tree: SyntaxTree, node: Node): FunctionSize {
  const line = lineOf(tree, node.getStart(tree))
  const named = 'name' in node && node.name !== undefined ? node : node.parent
  const name = 'name' in named && named.name !== undefined ? textOf(tree, named.name as Node) : '(anonymous)'
  return { name, line, lines: lineOf(tree, node.getEnd()) - line + 1 }
}

function countExports(tree: SyntaxTree): number {
  let count = 0
  for (const statement of tree.statements) {
    if (isExportDeclaration(statement)) {
      count += textOf(tree, statement).split(',').length
    } else if (/^export\b/.test(textOf(tree, statement))) {
      count += isVariableStatement(statement) ? statement.declarationList.declarations.length : 1
    }
  }
  return count
}

function countCodeLines(tree: SyntaxTree): number {
  let inComment = false
  return tree.text.split('\n').filter((line) => {
    const text = line.trim()
    if (!inComment && text.startsWith('/*')) inComment = true
    const isCode = text !== '' && !inComment && !text.startsWith('//')
    if (text.endsWith('*/')) inComment = false
    return isCode
  }).length
}
