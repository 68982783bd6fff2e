using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace VisionRollout.Module.Tests;

/// <summary>A host with a user who answers every choice with the same label (Yes, No, ...) and remembers what was asked.</summary>
internal sealed class AnsweringHost(string answer) : PSHost
{
    private readonly AnsweringUi ui = new(answer);

    /// <summary>The questions so far, and what -WhatIf printed.</summary>
    public IReadOnlyList<string> Questions => ui.Questions;

    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override string Name => nameof(AnsweringHost);

    public override PSHostUserInterface UI => ui;

    public override Version Version { get; } = new(1, 0);

    public override void EnterNestedPrompt()
    {
    }

    public override void ExitNestedPrompt()
    {
    }

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }

    public override void SetShouldExit(int exitCode)
    {
    }

    private sealed class AnsweringUi(string answer) : PSHostUserInterface
    {
        private readonly List<string> questions = [];

        public IReadOnlyList<string> Questions
        {
            get
            {
                lock (questions) return [.. questions];
            }
        }

        public override PSHostRawUserInterface? RawUI => null;

        public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
        {
            Remember(message);
            var index = choices.ToList().FindIndex(choice => choice.Label.Replace("&", "", StringComparison.Ordinal).Equals(answer, StringComparison.OrdinalIgnoreCase));
            return index >= 0 ? index : defaultChoice;
        }

        public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) => throw Unexpected(message);

        public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) => throw Unexpected(message);

        public override PSCredential PromptForCredential(
            string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) => throw Unexpected(message);

        public override string ReadLine() => throw Unexpected("a line");

        public override SecureString ReadLineAsSecureString() => throw Unexpected("a secret");

        public override void Write(string value) => Remember(value);

        public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Remember(value);

        public override void WriteLine(string value) => Remember(value);

        public override void WriteDebugLine(string message)
        {
        }

        public override void WriteErrorLine(string value)
        {
        }

        public override void WriteProgress(long sourceId, ProgressRecord record)
        {
        }

        public override void WriteVerboseLine(string message)
        {
        }

        public override void WriteWarningLine(string message)
        {
        }

        private static InvalidOperationException Unexpected(string what) => new($"Nobody should be asked for this: {what}");

        private void Remember(string text)
        {
            lock (questions) questions.Add(text);
        }
    }
}
