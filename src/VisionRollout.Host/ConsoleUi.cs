using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Internal;
using System.Security;
using Spectre.Console;

namespace VisionRollout.Host;

/// <summary>The streams on the console: objects and information to standard output; warnings, errors, verbose and debug lines and progress
/// to standard error. Prompts only where a person can answer.</summary>
internal sealed class ConsoleUi : PSHostUserInterface, IDisposable
{
    private readonly IAnsiConsole? terminal = Terminal();
    private readonly IProgressView progress;

    public ConsoleUi()
    {
        progress = terminal is null ? new LineProgress(Console.Error, TimeProvider.System) : new TerminalProgress(terminal);
    }

    public override PSHostRawUserInterface RawUI { get; } = new ConsoleSize();

    public override bool SupportsVirtualTerminal => !Console.IsOutputRedirected;

    public void Dispose() => progress.Dispose();

    public override void Write(string value) => Print(Console.Out, value);

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Write(value);

    public override void WriteLine(string value) => Print(Console.Out, value + Environment.NewLine);

    public override void WriteErrorLine(string value) => Note("red", value);

    public override void WriteWarningLine(string message) => Note("yellow", "WARNING: " + message);

    public override void WriteVerboseLine(string message) => Note("grey", "VERBOSE: " + message);

    public override void WriteDebugLine(string message) => Note("grey", "DEBUG: " + message);

    public override void WriteProgress(long sourceId, ProgressRecord record) => progress.Show(record);

    public override string ReadLine()
    {
        NeedPerson("input");
        return Console.ReadLine() ?? "";
    }

    public override SecureString ReadLineAsSecureString()
    {
        NeedPerson("a secret");
        var secret = new SecureString();
        for (var key = Console.ReadKey(true); key.Key != ConsoleKey.Enter; key = Console.ReadKey(true))
        {
            if (key.Key == ConsoleKey.Backspace && secret.Length > 0) secret.RemoveAt(secret.Length - 1);
            else if (!char.IsControl(key.KeyChar)) secret.AppendChar(key.KeyChar);
        }

        Console.Error.WriteLine();
        return secret;
    }

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
    {
        NeedPerson(string.Join(", ", descriptions.Select(field => field.Name)));
        Heading(caption, message);
        var answers = new Dictionary<string, PSObject>(StringComparer.OrdinalIgnoreCase);
        foreach (var field in descriptions)
        {
            Console.Error.Write($"{field.Name}: ");
            var secret = field.ParameterTypeFullName == typeof(SecureString).FullName;
            answers[field.Name] = PSObject.AsPSObject(secret ? ReadLineAsSecureString() : ReadLine());
        }

        return answers;
    }

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        NeedPerson($"a decision ({message})");
        Heading(caption, message);
        while (true)
        {
            Console.Error.Write(string.Join("  ", choices.Select(choice => $"[{Key(choice)}] {Label(choice)}")) + (defaultChoice < 0 ? ": " : $" (default is \"{Key(choices[defaultChoice])}\"): "));
            var answer = ReadLine().Trim();
            if (answer.Length == 0 && defaultChoice >= 0) return defaultChoice;
            for (var index = 0; index < choices.Count; index++)
            {
                if (Is(answer, Key(choices[index])) || Is(answer, Label(choices[index]))) return index;
            }
        }
    }

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        PromptForCredential(caption, message, userName, targetName, PSCredentialTypes.Default, PSCredentialUIOptions.Default);

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options)
    {
        NeedPerson("a credential");
        Heading(caption, message);
        var user = userName;
        if (string.IsNullOrEmpty(user))
        {
            Console.Error.Write("User: ");
            user = ReadLine();
        }

        Console.Error.Write($"Password for {user}: ");
        return new PSCredential(user, ReadLineAsSecureString());
    }

    private static IAnsiConsole? Terminal() => Console.IsErrorRedirected || Console.IsOutputRedirected
        ? null
        : AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    // Without the escape sequences of colours, which the engine's formatter puts in everywhere.
    private static string Plain(string text) => new StringDecorated(text).ToString(OutputRendering.PlainText);

    private static bool Is(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);

    private static string Label(ChoiceDescription choice) => choice.Label.Replace("&", "", StringComparison.Ordinal);

    private static string Key(ChoiceDescription choice)
    {
        var mark = choice.Label.IndexOf('&', StringComparison.Ordinal);
        return mark >= 0 && mark + 1 < choice.Label.Length ? choice.Label[mark + 1].ToString(CultureInfo.InvariantCulture).ToUpperInvariant() : choice.Label;
    }

    private static void Heading(string caption, string message)
    {
        foreach (var line in new[] { caption, message })
        {
            if (!string.IsNullOrEmpty(line)) Console.Error.WriteLine(line);
        }
    }

    private void NeedPerson(string what)
    {
        progress.Suspend();
        if (Console.IsInputRedirected)
        {
            throw new PSInvalidOperationException(
                $"The script asks for {what}, but nobody is there to answer (standard input is not a terminal). Pass it as a parameter, or add -Confirm:$false.");
        }
    }

    // Live progress leaves the screen while something is printed, and comes back with the next record.
    private void Print(TextWriter writer, string text)
    {
        progress.Suspend();
        writer.Write(terminal is null ? Plain(text) : text);
    }

    private void Note(string colour, string text)
    {
        progress.Suspend();
        if (terminal is null) Console.Error.WriteLine(Plain(text));
        else terminal.MarkupLine($"[{colour}]{Markup.Escape(Plain(text))}[/]");
    }
}
