using System.Management.Automation;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Journal;
using VisionRollout.Core.Plan;
using VisionRollout.Plan;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Confirms items of a checklist of the plan. Who confirmed what stands in the journal.</summary>
/// <remarks>At a prompt each item is asked for, unless -Item or -All names them; what was confirmed before is not asked again. Without a person
/// to ask and without -Item or -All nothing is confirmed and the open items are an error.</remarks>
/// <example><code>Confirm-RolloutChecklist 'Team briefing'</code><para>Asks for each open item.</para></example>
/// <example><code>Confirm-RolloutChecklist 'Business approval' -All -Comment 'Board decision 2026-11-20'</code><para>Confirms every item.</para></example>
[Cmdlet(VerbsLifecycle.Confirm, "RolloutChecklist", SupportsShouldProcess = true)]
[OutputType(typeof(ChecklistConfirmed))]
public sealed class ConfirmRolloutChecklist : SessionCmdlet
{
    /// <summary>Name of the checklist.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ChecklistNameCompleter))]
    public string Name { get; set; } = "";

    /// <summary>Items to confirm, as they stand in the plan; wildcards are allowed.</summary>
    [Parameter(Position = 1)]
    [SupportsWildcards]
    public string[]? Item { get; set; }

    /// <summary>Confirms every item without asking.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    /// <summary>Comment for the report.</summary>
    [Parameter]
    public string Comment { get; set; } = "";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        PlanChecklist? checklist = null;
        RunItem(Name, (_, _) =>
        {
            checklist = Current.Plan.GetChecklist(Name);
            return Task.CompletedTask;
        });
        if (checklist is null) return;
        foreach (var wrong in (Item ?? []).Where(item => !WildcardPattern.ContainsWildcardCharacters(item) && !checklist.Items.Contains(item, StringComparer.OrdinalIgnoreCase)))
            WriteError(ErrorRecords.From(new RolloutException("ChecklistItemNotFound", RolloutErrorKind.NotFound, $"'{checklist.Name}' has no item '{wrong}'.", $"Its items are: {string.Join("; ", checklist.Items)}.", wrong)));
        IReadOnlyList<string> open = [];
        Run(async (_, token) =>
        {
            var state = await Current.NewestStateAsync(_ => true, token); // Day 1 and week 1 come after the sign-off.
            open = [.. checklist.Items.Where(item => !state.Confirmed.Contains($"{checklist.Name}/{item}"))];
        });
        var left = open.Where(item => !Confirm(checklist, item)).ToList();
        if (left.Count > 0 && Item is null && !IsWhatIf)
            WriteError(ErrorRecords.From(new RolloutException("ChecklistOpen", RolloutErrorKind.InvalidState, $"'{checklist.Name}' is not confirmed: {string.Join("; ", left)}.", "Do what is open, then confirm it (Confirm-RolloutChecklist -Item or -All).", checklist.Name)));
    }

    private bool Confirm(PlanChecklist checklist, string item)
    {
        if (Item is not null && !Item.Any(pattern => new WildcardPattern(pattern, WildcardOptions.IgnoreCase).IsMatch(item))) return false;
        if (!ShouldProcess($"{checklist.Name}: {item}", "Confirm")) return false;
        if (Item is null && !All && !Ask(checklist, item)) return false;
        var confirmed = false;
        RunItem(item, async (shell, token) =>
        {
            var entry = new ChecklistConfirmed(checklist.Name, item, await Current.World.Objects.WhoAmIAsync(token), Comment);
            await Current.RecordAsync(entry, token);
            shell.Write(entry);
            confirmed = true;
        });
        return confirmed;
    }

    private bool Ask(PlanChecklist checklist, string item)
    {
        try
        {
            return ShouldContinue(item, checklist.Name);
        }
        catch (PSInvalidOperationException)
        {
            return false; // nobody is there to ask
        }
        catch (System.Management.Automation.Host.HostException)
        {
            return false; // likewise: -NonInteractive
        }
    }
}
