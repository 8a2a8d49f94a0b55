import ArgumentParser
import Config
import Documents
import JSON
import Scheduler

struct Schema: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: localized("Prints the JSON Schema of a file, for editors."),
        discussion: localized(
            """
            The same as config/*.schema.json. An editor that knows YAML finds it by the first line of a file:
            # yaml-language-server: $schema=config.schema.json

            Example: remindd schema plan > plan.schema.json
            """))

    enum Document: String, ExpressibleByArgument, CaseIterable {
        case config, plan
        case workingDays = "working-days"

        private var keys: Keys {
            switch self {
            case .config: ConfigurationReader.keys
            case .plan: PlanReader.keys
            case .workingDays: WorkingDaysReader.keys
            }
        }

        private var title: String {
            switch self {
            case .config: "remindd.yaml: the configuration of remindd"
            case .plan: "plans/*.yaml: a plan of remindd"
            case .workingDays: "working-days/*.yaml: a working calendar of remindd"
            }
        }

        /// The text of the schema, in JSON Schema draft 2020-12.
        var text: String {
            SchemaText.document(of: keys, title: title).pretty + "\n"
        }
    }

    @OptionGroup var language: LanguageOption
    @Argument(help: localized("Which file: config, plan or working-days.")) var document: Document

    func run() throws {
        Output.write(Array(document.text.utf8))
    }
}

/// Makes a JSON Schema from the keys that the readers accept.
///
/// A schema cannot express every rule. Only `check` finds invalid phrases or unknown names.
enum SchemaText {
    static func document(of keys: Keys, title: String) -> JSONTree {
        guard case .object(let table) = schema(of: keys) else { preconditionFailure("a table's schema is an object") }
        return .object(
            [("$schema", .string("https://json-schema.org/draft/2020-12/schema")), ("title", .string(title))] + table)
    }

    private static func schema(of keys: Keys) -> JSONTree {
        var members: [(String, JSONTree)] = [("type", .string("object")), ("additionalProperties", .flag(false))]
        if !keys.required.isEmpty { members.append(("required", .list(keys.required.map(JSONTree.string)))) }
        if keys.isChoice { members += [("minProperties", .number(1)), ("maxProperties", .number(1))] }
        let properties: [(String, JSONTree)] = keys.keys.map { key in
            (key.name, .object([("description", .string(key.about))] + SchemaText.members(of: key.shape)))
        }
        members.append(("properties", .object(properties)))
        return .object(members)
    }

    private static func members(of shape: Shape) -> [(String, JSONTree)] {
        switch shape {
        case .text(let most, let pattern):
            // Allows numbers too, because an editor reads 2026 as a number. remindd reads it as
            // text.
            var members: [(String, JSONTree)] = [("type", .list([.string("string"), .string("number")]))]
            if let most { members.append(("maxLength", .number(most))) }
            if let pattern { members.append(("pattern", .string(pattern))) } else { members.append(("minLength", .number(1))) }
            return members
        case .choice(let words): return [("enum", .list(words.map(JSONTree.string)))]
        case .flag: return [("enum", .list([.flag(true), .flag(false), .string("true"), .string("false")]))]
        case .list(let item, let most):
            let limit = most.map { [("maxItems", JSONTree.number($0))] } ?? []
            return [("type", .string("array")), ("items", .object(members(of: item)))] + limit
        case .table(let keys):
            guard case .object(let members) = schema(of: keys) else { return [] }
            return members
        case .map(let value, let keys):
            let names = keys.map { [("propertyNames", JSONTree.object([("pattern", .string($0))]))] } ?? []
            return [("type", .string("object"))] + names + [("additionalProperties", .object(members(of: value)))]
        case .either(let shapes): return [("anyOf", .list(shapes.map { .object(members(of: $0)) }))]
        case .orEmpty(let shape):
            return [("anyOf", .list([.object([("type", .string("null"))]), .object(members(of: shape))]))]
        }
    }
}
