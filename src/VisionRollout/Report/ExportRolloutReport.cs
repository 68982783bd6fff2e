using System.Management.Automation;
using System.Text;
using VisionRollout.Core.Errors;
using VisionRollout.Core.Report;
using VisionRollout.Core.State;
using VisionRollout.Shell;

namespace VisionRollout;

/// <summary>Writes the report of a rollout: timeline, gates with their evidence, canary plots, success criteria, what went wrong and what was done.</summary>
/// <remarks>The report comes from the journal and the plan alone, so it can be written at any time, also while the rollout runs or long after it.
/// Without -Id it is the rollout of this session, else the newest one of the environment.</remarks>
/// <example><code>Export-RolloutReport -Path ./reports -Format Html, Markdown -PassThru</code><para>Writes the page and the text into a folder.</para></example>
/// <example><code>Export-RolloutReport -Path ./rollout.html</code><para>Writes one file; its extension says which format.</para></example>
[Cmdlet(VerbsData.Export, "RolloutReport", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(FileInfo))]
public sealed class ExportRolloutReport : SessionCmdlet
{
    private static readonly Dictionary<string, ReportFormat> Extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        [".html"] = ReportFormat.Html,
        [".htm"] = ReportFormat.Html,
        [".json"] = ReportFormat.Json,
        [".md"] = ReportFormat.Markdown,
    };

    /// <summary>A folder, or a file that ends in .html, .json or .md. Default: the current folder.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = ".";

    /// <summary>Formats to write into a folder. Default: Html.</summary>
    [Parameter]
    public ReportFormat[] Format { get; set; } = [ReportFormat.Html];

    /// <summary>Identity of the rollout. Default: the one of this session, else the newest of the environment.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Id { get; set; }

    /// <summary>Writes the files to the pipeline.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var path = GetUnresolvedProviderPathFromPSPath(Path);
        RolloutReport? report = null;
        Run(async (_, token) => report = await BuildAsync(token));
        foreach (var (file, format) in Files(path, report!))
        {
            if (!ShouldProcess(file, "Write rollout report")) continue;
            Run((_, token) => WriteAsync(file, Render(report!, format), token));
            if (PassThru) WriteObject(new FileInfo(file));
        }
    }

    private static string Render(RolloutReport report, ReportFormat format) => format switch
    {
        ReportFormat.Json => JsonReport.Render(report),
        ReportFormat.Markdown => MarkdownReport.Render(report),
        _ => HtmlReport.Render(report),
    };

    // Written beside and moved, so that a reader never sees half of a report.
    private static async Task WriteAsync(string file, string content, CancellationToken token)
    {
        var part = $"{file}.{Guid.NewGuid():N}.part";
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(part, content, new UTF8Encoding(false), token);
            File.Move(part, file, overwrite: true);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new RolloutException("ReportNotWritten", RolloutErrorKind.Failed, $"The report '{file}' could not be written: {cause.Message}",
                "Choose a folder that you may write to with -Path.", file, cause);
        }
        finally
        {
            if (File.Exists(part)) File.Delete(part); // without its folder, Delete would hide the cause
        }
    }

    private IEnumerable<(string File, ReportFormat Format)> Files(string path, RolloutReport report)
    {
        if (!Directory.Exists(path) && Extensions.TryGetValue(System.IO.Path.GetExtension(path), out var format))
        {
            if (MyInvocation.BoundParameters.ContainsKey(nameof(Format)) && (Format.Length != 1 || Format[0] != format))
                ThrowTerminatingError(ErrorRecords.From(new RolloutException("ReportFormatMismatch", RolloutErrorKind.InvalidInput, $"The file '{path}' can't hold the format {string.Join(", ", Format)}.", "Name a folder, or leave -Format out.", path)));
            return [(path, format)];
        }

        var name = $"rollout-report-{report.Started.Environment}-{report.Started.Id}";
        return Format.Distinct().Select(item => (System.IO.Path.Combine(path, name + Extension(item)), item));
    }

    private static string Extension(ReportFormat format) => Extensions.First(item => item.Value == format).Key;

    private async Task<RolloutReport> BuildAsync(CancellationToken token)
    {
        var own = Id is null ? await Current.FindJournalAsync(token) : null;
        if (own is not null) return ReportBuilder.Build(Current.Plan, await own.ReadAsync(token));
        using var found = await FindAsync(token) ?? throw new RolloutException("RolloutNotFound", RolloutErrorKind.NotFound,
            Id is null ? $"There is no rollout of '{Current.Environment.Name}' in '{Current.JournalPath}'." : $"There is no rollout '{Id}' of '{Current.Environment.Name}' in '{Current.JournalPath}'.",
            "Connect with the -JournalPath that the runbook used.", Id);
        return ReportBuilder.Build(Current.Plan, await found.ReadAsync(token));
    }

    private async Task<RolloutJournal?> FindAsync(CancellationToken token)
    {
        RolloutJournal? found = null;
        foreach (var journal in await Current.Journals.ListAsync(Current.Environment.Name, token))
        {
            if (found is null && (Id is null || System.IO.Path.GetFileNameWithoutExtension(journal.Location).EndsWith("." + Id, StringComparison.OrdinalIgnoreCase))) found = journal;
            else journal.Dispose();
        }

        return found;
    }
}
