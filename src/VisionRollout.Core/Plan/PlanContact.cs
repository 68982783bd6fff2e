namespace VisionRollout.Core.Plan;

/// <summary>A person or rotation in a role.</summary>
/// <param name="Role">Role, e.g. <c>Tech Lead</c>.</param>
/// <param name="Name">Name.</param>
/// <param name="Phone">Phone.</param>
/// <param name="Email">E-mail.</param>
/// <param name="Identity">User name in the cluster, or <c>group:NAME</c> for any member of a group; null when not known. Every decider needs one.</param>
public sealed record PlanContact(string Role, string Name, string Phone, string Email, string? Identity);
