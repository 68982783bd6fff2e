namespace VisionRollout;

/// <summary>Formats of a report.</summary>
public enum ReportFormat
{
    /// <summary>One self-contained page.</summary>
    Html,

    /// <summary>The figures for programs.</summary>
    Json,

    /// <summary>Text for tickets and wikis.</summary>
    Markdown,
}
