using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Vaka.Plugins.Host.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class ActionPolicies : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "approval_expires_at",
                table: "executions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "approved_hash",
                table: "executions",
                type: "TEXT",
                maxLength: 64,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "channel",
                table: "executions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "action_policies",
                columns: table => new
                {
                    integration_id = table.Column<string>(type: "TEXT", nullable: false),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    caller = table.Column<string>(type: "TEXT", maxLength: 210, nullable: true),
                    channel = table.Column<string>(type: "TEXT", nullable: true),
                    action = table.Column<string>(type: "TEXT", maxLength: 63, nullable: true),
                    effect = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<string>(type: "TEXT", nullable: false),
                    created_by = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_action_policies", x => new { x.integration_id, x.number });
                });

            migrationBuilder.CreateIndex(
                name: "ix_executions_approval",
                table: "executions",
                column: "approval_expires_at",
                filter: "approval_expires_at IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "action_policies");

            migrationBuilder.DropIndex(
                name: "ix_executions_approval",
                table: "executions");

            migrationBuilder.DropColumn(
                name: "approval_expires_at",
                table: "executions");

            migrationBuilder.DropColumn(
                name: "approved_hash",
                table: "executions");

            migrationBuilder.DropColumn(
                name: "channel",
                table: "executions");
        }
    }
}
