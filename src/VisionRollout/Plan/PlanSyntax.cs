using System.Globalization;
using System.Management.Automation.Language;
using VisionRollout.Core.Plan;

namespace VisionRollout.Plan;

/// <summary>Walks the syntax tree of a .psd1 file: hashtables, arrays, texts, numbers, $true, $false and $null become nodes;
/// whatever would have to be executed to have a value is a mistake.</summary>
internal sealed class PlanSyntax
{
    private const string WriteData = "A plan is data: write the value itself.";
    private readonly List<PlanProblem> problems = [];

    /// <summary>What was found that is no data.</summary>
    public IReadOnlyList<PlanProblem> Problems => problems;

    /// <summary>Reads the one hashtable that the file consists of.</summary>
    public PlanNode Read(ScriptBlockAst script)
    {
        foreach (var part in PartsOfAScript(script)) Report(part, "the file", "a plan is one hashtable and nothing around it.", "Remove it.");
        var statements = script.EndBlock?.Statements ?? Enumerable.Empty<StatementAst>();
        var roots = statements.Select(statement => (Statement: statement, Value: Expression(statement))).ToArray();
        var root = Array.Find(roots, item => item.Value is HashtableAst);
        foreach (var other in roots.Where(item => item != root))
            Report(other.Statement, "the file", $"{Describe(other.Statement)} is not part of a plan; a plan is one hashtable and nothing around it.", "Remove it.");
        if (root.Value is not null) return Read(root.Value, "");
        if (roots.Length == 0) problems.Add(new PlanProblem(1, 1, "the file", "there is no hashtable in it.", "Write @{ Name = …; … }."));
        return new PlanUnreadable(1, 1);
    }

    private static IEnumerable<Ast> PartsOfAScript(ScriptBlockAst script)
    {
        var parts = new Ast?[] { script.ParamBlock, script.DynamicParamBlock, script.BeginBlock, script.ProcessBlock }.Concat(script.UsingStatements);
        if (script.EndBlock is { } end) parts = parts.Concat(end.Traps ?? Enumerable.Empty<Ast>());
        return parts.OfType<Ast>();
    }

    private PlanNode Read(ExpressionAst expression, string path) => expression switch
    {
        HashtableAst table => ReadTable(table, path),
        ArrayExpressionAst array => ReadArray(array, path),
        ArrayLiteralAst list => ReadItems(list, list.Elements, path),
        StringConstantExpressionAst { StringConstantType: StringConstantType.BareWord } word => Refuse(word, path, $"'{word.Value}' has no quotes.", $"Write '{word.Value}'."),
        StringConstantExpressionAst text => Scalar(text, text.Value),
        ConstantExpressionAst constant => ReadNumber(constant, constant.Value, 1, path),
        UnaryExpressionAst { TokenKind: TokenKind.Minus, Child: ConstantExpressionAst constant } minus => ReadNumber(minus, constant.Value, -1, path),
        VariableExpressionAst variable => ReadVariable(variable, path),
        ExpandableStringExpressionAst text => Refuse(text, path, $"the text {Shorten(text)} holds a variable or command.", "Use single quotes for a text as it stands."),
        _ => Refuse(expression, path, $"{Describe(expression)} is no data.", WriteData),
    };

    private PlanMap ReadTable(HashtableAst table, string path)
    {
        var entries = new List<PlanEntry>();
        foreach (var (key, value) in table.KeyValuePairs.Select(pair => (pair.Item1, pair.Item2)))
        {
            if (key is not StringConstantExpressionAst name)
            {
                Refuse(key, path, $"the key {Shorten(key)} is no plain name.", "Write the name of the key.");
                continue;
            }

            var node = ReadStatement(value, path.Length == 0 ? name.Value : $"{path}.{name.Value}");
            entries.Add(new PlanEntry(name.Value, key.Extent.StartLineNumber, key.Extent.StartColumnNumber, node));
        }

        return new PlanMap(Line(table), Column(table), entries);
    }

    // Each statement in @( … ) gives one value, or with commas several; PowerShell joins them.
    private PlanList ReadArray(ArrayExpressionAst array, string path)
    {
        var items = new List<PlanNode>();
        foreach (var statement in array.SubExpression.Statements)
        {
            if (Expression(statement) is ArrayLiteralAst list)
                items.AddRange(list.Elements.Select(element => Read(element, $"{path}[{items.Count}]")).ToArray());
            else
                items.Add(ReadStatement(statement, $"{path}[{items.Count}]"));
        }

        return new PlanList(Line(array), Column(array), items);
    }

    private PlanList ReadItems(Ast list, IEnumerable<ExpressionAst> elements, string path) =>
        new(Line(list), Column(list), [.. elements.Select((element, index) => Read(element, $"{path}[{index}]"))]);

    private PlanNode ReadStatement(StatementAst statement, string path) =>
        Expression(statement) is { } expression ? Read(expression, path) : Refuse(statement, path, $"{Describe(statement)} is no data.", WriteData);

    private PlanNode ReadNumber(ExpressionAst place, object? value, int sign, string path) => value switch
    {
        sbyte or byte or short or ushort or int or uint or long => Scalar(place, sign * Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        float or double or decimal => Scalar(place, sign * Convert.ToDouble(value, CultureInfo.InvariantCulture)),
        _ => Refuse(place, path, $"the number {place.Extent.Text} is too large.", ""),
    };

    private PlanNode ReadVariable(VariableExpressionAst variable, string path) => variable.VariablePath.UserPath.ToUpperInvariant() switch
    {
        "TRUE" => Scalar(variable, true),
        "FALSE" => Scalar(variable, false),
        "NULL" => Scalar(variable, null),
        _ => Refuse(variable, path, $"{variable.Extent.Text} is a variable.", WriteData),
    };

    private PlanUnreadable Refuse(Ast ast, string path, string message, string suggestion)
    {
        Report(ast, path, message, suggestion);
        return new PlanUnreadable(Line(ast), Column(ast));
    }

    private void Report(Ast ast, string path, string message, string suggestion) =>
        problems.Add(new PlanProblem(Line(ast), Column(ast), path, message, suggestion));

    private static ExpressionAst? Expression(StatementAst statement) => statement switch
    {
        PipelineAst { PipelineElements: [CommandExpressionAst { Redirections.Count: 0 } element] } => element.Expression,
        CommandExpressionAst { Redirections.Count: 0 } element => element.Expression,
        _ => null,
    };

    private static string Describe(Ast ast) => ast switch
    {
        PipelineAst { PipelineElements: [CommandAst command] } => Describe(command),
        CommandAst command when command.GetCommandName() is { } name => $"the command '{name}'",
        CommandAst or PipelineAst => $"the command {Shorten(ast)}",
        SubExpressionAst => $"the subexpression {Shorten(ast)}",
        ScriptBlockExpressionAst => $"the script block {Shorten(ast)}",
        ConvertExpressionAst => $"the conversion {Shorten(ast)}",
        StatementAst => $"the statement {Shorten(ast)}",
        _ => $"the expression {Shorten(ast)}",
    };

    private static string Shorten(Ast ast)
    {
        var text = ast.Extent.Text.ReplaceLineEndings(" ");
        return text.Length <= 40 ? text : $"{text[..39]}…";
    }

    private static PlanScalar Scalar(Ast ast, object? value) => new(Line(ast), Column(ast), value);

    private static int Line(Ast ast) => ast.Extent.StartLineNumber;

    private static int Column(Ast ast) => ast.Extent.StartColumnNumber;
}
