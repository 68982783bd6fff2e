namespace VisionRollout.Core.Journal;

/// <summary>A version of a service was applied in a colour.</summary>
/// <param name="Service">The service.</param>
/// <param name="Colour">Colour.</param>
/// <param name="Deployment">The Deployment.</param>
/// <param name="Version">Version.</param>
/// <param name="Changed">False when it stood there already.</param>
public sealed record ServiceDeployed(string Service, string Colour, string Deployment, string Version, bool Changed) : JournalEntry;
